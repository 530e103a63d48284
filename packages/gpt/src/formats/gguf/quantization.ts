/** How `writeGGUF` stores matrices. Vectors are always float32, as llama.cpp wants them. */
export type GGUFWeights = "f32" | "f16" | "q8_0" | "q4_0";

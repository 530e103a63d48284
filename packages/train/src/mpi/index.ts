export { MpiError } from "./library.js";
export { type MpiOptions, mpi } from "./mpi.js";

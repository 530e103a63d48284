// Encoding and decoding with cl100k: ours beside gpt-tokenizer, tiktoken (WASM) and js-tiktoken, in MB/s, ids compared.
import { Tokenizer } from "@llm/bpe";
import * as gptTokenizer from "gpt-tokenizer/encoding/cl100k_base";
import { getEncoding } from "js-tiktoken";
import { get_encoding } from "tiktoken";
import { compare } from "./compare.js";
import { documentation } from "./text.js";

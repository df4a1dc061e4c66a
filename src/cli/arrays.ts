// .npy files that the user names.

import { fromNPY, type StoredArray } from "../index.ts";
import { reasonOf, UsageError } from "./errors.ts";
import { readFile } from "./read-file.ts";

/** The array in a file. @throws UsageError naming the option where it cannot be read. */
export function readArray(option: string, file: string): StoredArray {
  try {
    return fromNPY(readFile(file));
  } catch (cause) {
    const reason = reasonOf(cause).replace(/^bytes must be/, "it must be");
    throw new UsageError(`${option} must be a .npy file that can be read; got "${file}" (${reason})`, { cause });
  }
}

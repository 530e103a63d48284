/** An optional package that something was asked for and is not installed. */
export class MissingPackageError extends Error {
  override readonly name = "MissingPackageError";
  readonly packageName: string;
  constructor(packageName: string, purpose: string, cause: unknown) {
    super(`${purpose} takes the package ${packageName}, which is not here: npm install ${packageName}`, {
      cause,
    });
    this.packageName = packageName;
  }
}

/**
 * An optional package, loaded when it is first needed. `load` catches with what it is given, where a bundler sees it: one that
 * does not find the package then leaves the import as it is.
 *
 * @throws MissingPackageError
 */
export async function peer<T>(
  packageName: string,
  purpose: string,
  load: (missing: (error: unknown) => never) => Promise<T>,
): Promise<T> {
  return load((error) => {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const notFound = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    // Not where the package is here and one of its own is missing.
    if (notFound && `${error}`.includes(`'${packageName}'`))
      throw new MissingPackageError(packageName, purpose, error);
    throw error;
  });
}

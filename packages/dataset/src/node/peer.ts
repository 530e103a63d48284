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
 * An optional package, loaded when it is first needed.
 *
 * @throws MissingPackageError
 */
export async function peer<T>(packageName: string, purpose: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // Not where the package is here and one of its own is missing.
    if (code === "ERR_MODULE_NOT_FOUND" && `${error}`.includes(`'${packageName}'`))
      throw new MissingPackageError(packageName, purpose, error);
    throw error;
  }
}

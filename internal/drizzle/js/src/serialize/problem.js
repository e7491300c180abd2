// Mistakes in a schema, as errors that the program shows to the user.

/** Throws an error that names a mistake in the schema and what to do about it. */
export function fail(message, hint, file) {
	throw Object.assign(new Error(message), { skein: { message, hint, file: file ?? "" } });
}

/**
 * Runs read, which calls functions of the schema files. An exception of theirs
 * goes on as it is, with the object that was read under skeinIn.
 */
export function reading(object, file, read) {
	try {
		return read();
	} catch (error) {
		if (error instanceof Error && !error.skein) error.skeinIn ??= { object, file };
		throw error;
	}
}

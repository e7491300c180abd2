// Mistakes in a schema, as errors that the program shows to the user.

/** Throws an error that names a mistake in the schema and what to do about it. */
export function fail(message, hint, file) {
	throw Object.assign(new Error(message), { skein: { message, hint, file: file ?? "" } });
}

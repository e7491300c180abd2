// Sequences, and the numbers of the sequences behind identity columns.

const bigintBounds = { min: "-9223372036854775808", max: "9223372036854775807" };

/**
 * Returns the range drizzle-kit gives an identity column of a type. The lower
 * end is the one of smallint for every type.
 */
export function typeBounds(type) {
	const max = type === "integer" ? "2147483647" : type === "bigint" ? bigintBounds.max : "32767";
	return { min: "-32768", max };
}

const text = (value) => (value === undefined || value === null ? undefined : String(value));

/** Returns the numbers of a sequence as text, in the snapshot's order. */
export function numbers(options, bounds) {
	const increment = text(options?.increment) ?? "1";
	const down = Number(increment) < 0;
	const minValue = text(options?.minValue) ?? (down ? bounds.min : "1");
	const maxValue = text(options?.maxValue) ?? (down ? "-1" : bounds.max);
	return {
		increment,
		startWith: text(options?.startWith) ?? (down ? maxValue : minValue),
		minValue,
		maxValue,
		cache: text(options?.cache) ?? "1",
		cycle: options?.cycle ?? false,
	};
}

/** Returns a sequence as the snapshot keeps it. */
export function serializeSequence(sequence) {
	const { increment, startWith, minValue, maxValue, cache, cycle } = numbers(sequence.seqOptions, bigintBounds);
	const schema = sequence.schema ?? "public";
	return { name: sequence.seqName, schema, increment, startWith, minValue, maxValue, cache, cycle };
}

package rows

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/skein-db/skein/internal/studio/pool"
)

// readPlaces reads rows in the order in which they are stored. PostgreSQL reads
// them so of itself, from a place on since version 14, and an ORDER BY would
// make it sort the table. Only with a filter, for which another way of reading
// may be chosen, it has to be said.
//
// Backward there is no such way: the blocks in front are read and turned round,
// more of them where they had too few rows.
func (r *reader) readPlaces(ctx context.Context, tx *pool.Tx, from *cursor, backward bool) error {
	if err := tx.Exec(ctx, "set local synchronize_seqscans = off; set local max_parallel_workers_per_gather = 0"); err != nil {
		return err
	}
	if backward {
		return r.readBackward(ctx, tx, from)
	}
	part := stretch{}
	if len(r.filters) > 0 {
		part.terms = r.order.terms
	}
	if from != nil {
		part.where = func(to *statement) string { return r.order.rowComparison(from.Values, to) }
	}
	return r.readStretch(ctx, tx.Last, part)
}

func (r *reader) readBackward(ctx context.Context, tx *pool.Tx, from *cursor) error {
	end, err := r.endBlock(ctx, tx, from)
	if err != nil {
		return err
	}
	perBlock := 1.0
	if r.shape.Rows > 0 && r.shape.Blocks > 0 {
		perBlock = max(perBlock, r.shape.Rows/float64(r.shape.Blocks))
	}
	for width := int64(float64(r.limit+1)/perBlock) + 2; ; width *= 4 {
		start := max(0, end-width)
		r.rows = nil
		part := stretch{terms: r.order.terms, where: func(to *statement) string {
			low := "t.ctid >= " + to.arg(fmt.Sprintf("(%d,0)", start), "tid")
			if from == nil {
				return low
			}
			return low + " AND " + r.order.rowComparison(from.Values, to)
		}}
		if err := r.readStretch(ctx, tx.All, part); err != nil || start == 0 || len(r.rows) > r.limit {
			return err
		}
	}
}

// endBlock is the block to read in front of.
func (r *reader) endBlock(ctx context.Context, tx *pool.Tx, from *cursor) (int64, error) {
	if from != nil {
		block, _, _ := strings.Cut(strings.TrimPrefix(deref(from.Values[0]), "("), ",")
		n, err := strconv.ParseInt(block, 10, 64)
		return n + 1, err
	}
	id := strconv.FormatUint(uint64(r.shape.OID), 10)
	row, err := tx.Row(ctx, "select pg_catalog.pg_relation_size($1::oid) / pg_catalog.current_setting('block_size')::bigint", &id)
	if err != nil || row == nil {
		return 0, err
	}
	return strconv.ParseInt(deref(row[0]), 10, 64)
}

// Package cli is the command line: flags, prompts, progress and output. It
// takes no decisions; every command turns flags into options, calls the
// packages below, and prints what they say.
//
// Each command is one file with a type of options, a function that makes the
// cobra command, and a function that runs it: generateOptions, newGenerate,
// generate. Commands reach the terminal through Streams alone.
//
// # Rules of the interface
//
//   - Results go to standard output. Questions, progress, warnings and errors go
//     to standard error, so that a pipe carries results and nothing else.
//   - A question is asked only when standard input and standard error are both a
//     terminal. Without one nothing waits: the command stops and names the flag
//     that answers the question.
//   - Nothing is written before the last question has been answered. Ctrl-C at a
//     question leaves everything as it was.
//   - Progress is one line on standard error, only on a terminal, only for work
//     of more than a second, and it is gone when the work is done.
//   - Colour marks what text already says. There is none on a pipe, under
//     NO_COLOR, or with --color never.
//   - Messages begin in lower case and end without a period. An error says what
//     happened, where, and after "hint:" what to do next.
//   - With --format json standard output is one JSON object, errors included,
//     and no question is asked. docs/json.md describes the objects.
//   - Exit codes: 0 fine, 1 findings or a refused plan, 2 wrong usage or
//     configuration, 3 the database said no, 4 a bug in skein, 130 interrupted.
package cli

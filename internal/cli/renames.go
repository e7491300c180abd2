package cli

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/diff"
	"github.com/skein-db/skein/internal/schema"
)

// renameFlags are the ways to answer rename questions without a terminal.
type renameFlags struct {
	renames []string
	answers string
	all     string
}

func (f *renameFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.renames, "rename", nil, "`old=new`, for example public.users.name=public.users.full_name; repeatable")
	cmd.Flags().StringVar(&f.answers, "answers", "", "`file` with answers to the rename questions, a JSON array")
	cmd.Flags().StringVar(&f.all, "answers-all", "", "answer every open rename question with `create`: nothing was renamed")
}

// resolver returns what answers the questions of one comparison: the flags,
// then the file, then a person if there is one.
func (f *renameFlags) resolver(ctx context.Context, a *app) (diff.Resolver, error) {
	renames, err := diff.ParseRenames(f.renames)
	if err != nil {
		return nil, err
	}
	chain := []diff.Resolver{renames}
	if f.answers != "" {
		data, err := os.ReadFile(f.answers)
		if err != nil {
			return nil, unreadable(f.answers, err)
		}
		list, err := diff.ReadAnswers(f.answers, data)
		if err != nil {
			return nil, err
		}
		chain = append(chain, list)
	}
	switch f.all {
	case "":
	case "create":
		return diff.Chain(append(chain, diff.CreateAll)...), nil
	default:
		return nil, usage("the only word is `create`: what appeared is created, what is gone is dropped", "--answers-all %s is not known", f.all)
	}
	if a.canAsk() {
		chain = append(chain, diff.ResolverFunc(func(q diff.Question) (diff.Answer, error) {
			return a.askRename(ctx, q)
		}))
	}
	return diff.Chain(chain...), nil
}

// askRename puts one question to the person at the terminal.
func (a *app) askRename(ctx context.Context, q diff.Question) (diff.Answer, error) {
	name := questionName(q, q.Created)
	options := []string{name + " is new"}
	for _, from := range q.Candidates {
		options = append(options, questionName(q, from)+" → "+name)
	}
	chosen, err := a.choose(ctx, q.String(), options)
	if err != nil {
		return diff.Answer{}, err
	}
	if chosen == 0 {
		return diff.Answer{}, nil
	}
	return diff.Answer{Rename: true, From: q.Candidates[chosen-1]}, nil
}

// questionName is an object of a question as people write it: with its table,
// where it belongs to one.
func questionName(q diff.Question, object schema.Ref) string {
	if q.Table != nil {
		return q.Table.String() + "." + object.Name
	}
	return object.String()
}

// questionsResult is the JSON object of a command that stopped at open rename
// questions.
type questionsResult struct {
	Status    string          `json:"status"` // "questions"
	Questions []diff.Question `json:"questions"`
	Unmatched []string        `json:"unmatched"` // values of --rename that fit no question
}

// openQuestions prints err as data if it is open rename questions and JSON is
// wanted, and returns the error to end the command with. As text the error
// lists its questions and flags itself.
func (a *app) openQuestions(err error) error {
	var open *diff.Unanswered
	if !a.json || !errors.As(err, &open) || len(open.Questions) == 0 {
		return err
	}
	a.printJSON(questionsResult{Status: "questions", Questions: open.Questions, Unmatched: append([]string{}, open.Unmatched...)})
	return exitCode(exitUsage)
}

// unreadable makes the error for a file that a flag names and that cannot be read.
func unreadable(file string, err error) error {
	return &diag.Error{Kind: diag.Usage, File: file, Message: "cannot be read: " + reason(err), Hint: "check the path and its permissions", Err: err}
}

// reason is the text of an error of package os without the path, which the
// user is told anyway.
func reason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return err.Error()
}

package pgserver

import "context"

// prepare finishes a server that accepts connections.
func (s *Server) prepare(ctx context.Context, i install, o Options) error {
	if err := s.verifyExtensions(ctx, o.Extensions, i.packager); err != nil {
		return err
	}
	if !o.Listen {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.disconnect()
		return nil
	}
	// What the template does without, but people and their tools expect: a
	// password for TCP, the database that clients connect to, and the pristine
	// template that pg_dump --create names.
	for _, statement := range []string{
		"ALTER ROLE " + superuser + " PASSWORD '" + s.address.password + "'",
		"CREATE DATABASE " + peopleDatabase + " TEMPLATE " + emptyDatabase,
		"CREATE DATABASE template0 TEMPLATE " + emptyDatabase + " IS_TEMPLATE true ALLOW_CONNECTIONS false",
	} {
		if err := s.exec(ctx, statement); err != nil {
			return err
		}
	}
	s.home = peopleDatabase
	return nil
}

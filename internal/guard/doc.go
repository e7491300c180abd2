// Package guard starts the process that cleans up after this one when it is
// killed: what runs for us outside of us (a throwaway server, a port-forward)
// must not outlive us, and neither signal handlers nor deferred calls run when
// a process is killed.
package guard

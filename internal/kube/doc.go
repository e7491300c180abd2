// Package kube reaches a PostgreSQL that runs in Kubernetes, through the user's
// own kubectl.
//
// kubectl already knows the clusters, how to log in to them and what this user
// may do; a client library would bring forty modules and know less. So this
// package asks kubectl for JSON and lets it forward a port. What Kubernetes
// said is turned into errors that say what to do, by the fixed words that its
// messages begin with.
//
// A Place is found (Find) before anything is forwarded, so that the name of the
// pod can be shown, and a Forward is closed whatever happens: by Close, or by a
// guard process when this one is killed.
package kube

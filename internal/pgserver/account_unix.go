//go:build unix

package pgserver

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is who the server's programs run as. PostgreSQL refuses to run as
// root, so root borrows another account; everybody else runs it as themselves.
type account struct {
	uid, gid int
	name     string // "" when the programs run as the user
}

// borrowed are the accounts root takes, the first that exists. initdb insists
// on an entry in the user database.
var borrowed = []string{"postgres", "nobody", "daemon", "bin"}

func currentAccount() (account, error) {
	if os.Getuid() != 0 {
		return account{uid: os.Getuid(), gid: os.Getgid()}, nil
	}
	for _, name := range borrowed {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(found.Uid)
		gid, errGID := strconv.Atoi(found.Gid)
		if errUID == nil && errGID == nil && uid != 0 {
			return account{uid: uid, gid: gid, name: name}, nil
		}
	}
	return account{}, fmt.Errorf("PostgreSQL does not run as root, and none of the accounts %q exists here", borrowed)
}

// attributes starts a program as the account and in a session of its own, so
// that a ^C on the terminal does not reach it.
func (a account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if a.name != "" {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}

// own gives a file or folder to the account.
func (a account) own(path string) error {
	if a.name == "" {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// cannotEnter returns "" if the account can reach and read the folder, else
// why not. Only root needs to ask: its own folders are often closed to others.
func (a account) cannotEnter(dir string) string {
	if a.name == "" {
		return ""
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err.Error()
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	for d := dir; ; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err != nil {
			return err.Error()
		}
		if !a.mayEnter(info) {
			return fmt.Sprintf("the account %q, which runs PostgreSQL for root, cannot enter %s", a.name, d)
		}
		if d == filepath.Dir(d) {
			return ""
		}
	}
}

func (a account) mayEnter(info os.FileInfo) bool {
	mode := info.Mode().Perm()
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		switch {
		case int(stat.Uid) == a.uid:
			return mode&0o500 == 0o500
		case int(stat.Gid) == a.gid:
			return mode&0o050 == 0o050
		}
	}
	return mode&0o005 == 0o005
}

// ownedByUs says whether a file belongs to this process's user and nobody else
// can write it: a folder of ours in a place that all may write to.
func ownedByUs(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid() && info.Mode().Perm()&0o022 == 0
}

// ownerOf returns the uid a file belongs to, -1 where that is not known.
func ownerOf(info os.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return -1
}

// socketsWork says whether servers are reached over Unix sockets here.
const socketsWork = true

// commandLine returns the arguments of a process, "" if there is none.
func commandLine(pid int) string {
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil {
		return string(text)
	}
	text, _ := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output() // fails if there is none
	return string(text)
}

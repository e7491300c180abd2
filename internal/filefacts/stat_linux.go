package filefacts

import (
	"io/fs"
	"syscall"
)

func statOf(info fs.FileInfo) stat {
	s := stat{Size: info.Size(), Modified: info.ModTime().UnixNano()}
	if t, ok := info.Sys().(*syscall.Stat_t); ok {
		s.Changed, s.Inode = t.Ctim.Nano(), t.Ino
	}
	return s
}

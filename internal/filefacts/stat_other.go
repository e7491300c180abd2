//go:build !linux && !darwin

package filefacts

import "io/fs"

func statOf(info fs.FileInfo) stat {
	return stat{Size: info.Size(), Modified: info.ModTime().UnixNano()}
}

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// linkModules makes dir/node_modules out of links: to every package in
// modules, and to the packages of the workspace in dir, if it is one.
func linkModules(modules, dir string) error {
	target := filepath.Join(dir, "node_modules")
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(modules)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Symlink(filepath.Join(modules, e.Name()), filepath.Join(target, e.Name())); err != nil {
			return err
		}
	}
	own, err := workspacePackages(dir)
	if err != nil {
		return err
	}
	for name, folder := range own {
		link := filepath.Join(target, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			return err
		}
		if err := os.Symlink(folder, link); err != nil {
			return err
		}
	}
	return nil
}

// workspacePackages returns the folders of the packages that dir/package.json
// lists as its workspaces, by name.
func workspacePackages(dir string) (map[string]string, error) {
	var manifest struct{ Workspaces []string }
	if err := readManifest(dir, &manifest); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, pattern := range manifest.Workspaces {
		folders, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		for _, folder := range folders {
			var own struct{ Name string }
			if err := readManifest(folder, &own); err != nil {
				return nil, err
			}
			if own.Name != "" {
				out[own.Name] = folder
			}
		}
	}
	return out, nil
}

// readManifest reads a folder's package.json; a folder without one reads as
// empty.
func readManifest(dir string, into any) error {
	data, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// kitVersion returns the version of drizzle-kit in a node_modules folder.
func kitVersion(modules string) string {
	var manifest struct{ Version string }
	if modules == "" || readManifest(filepath.Join(modules, "drizzle-kit"), &manifest) != nil {
		return "0.31"
	}
	return manifest.Version
}

// kitProgram returns drizzle-kit's program as Node.js finds it from a folder:
// in the nearest node_modules that has it.
func kitProgram(dir string) string {
	for up := dir; ; up = filepath.Dir(up) {
		program := filepath.Join(up, "node_modules", "drizzle-kit", "bin.cjs")
		if _, err := os.Stat(program); err == nil || up == filepath.Dir(up) {
			return program
		}
	}
}

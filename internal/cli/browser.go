package cli

import (
	"os/exec"
	"runtime"
)

// openBrowser opens a link, if that can be done here. The link is printed too,
// so that nothing is lost where it cannot.
func openBrowser(environ []string, link string) {
	var command []string
	switch runtime.GOOS {
	case "darwin":
		command = []string{"open", link}
	case "windows":
		command = []string{"rundll32", "url.dll,FileProtocolHandler", link}
	default:
		if lastValue(environ, "DISPLAY") == "" && lastValue(environ, "WAYLAND_DISPLAY") == "" {
			return // a browser that is started here would be one in the terminal
		}
		command = []string{"xdg-open", link}
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = environ
	if cmd.Start() == nil {
		go cmd.Wait()
	}
}

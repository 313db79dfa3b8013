// k9s as its authors have written it; main.py types on it and reads its screen.
package main

import "github.com/derailed/k9s/cmd"

func main() { cmd.Execute() }

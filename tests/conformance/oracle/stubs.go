package main

func runAttributesFile(path string) error { return nil }
func runDebugFile(path string) error      { return nil }

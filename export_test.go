package skein

// InCode is for TestNoFlagsInErrors.
var InCode = inCode

package snapshot

// shapeOf returns the shape of a version's files.
func shapeOf(version int) *shape { return snapshotShape }

// upgrade brings a document to the current version.
func upgrade(doc node, version int) node { return doc }

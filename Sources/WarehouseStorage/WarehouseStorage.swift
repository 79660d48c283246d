// Data on disk: `Disk → Codecs → Segments → Manifest → Store`, each folder knowing only those to its left.
//
// - Disk: files under one root, as a protocol; POSIX, and a simulated disk that loses and tears what was not synced.
// - Codecs: arrays of values to bytes and back; every codec validates what it reads before it uses it.
// - Segments: immutable files of up to 2^20 rows, columns in checksummed chunks of 65,536 rows with zone maps.
// - Manifest: the log of commits, its checkpoints, and the state that they add up to.
// - Store: one warehouse directory; snapshots for readers, one write transaction at a time.
//
// A warehouse directory:
//
//   MLWH                       what the directory is: magic, format version, identity
//   lock                       flocked by the writer; holds its process while it writes
//   manifest/CURRENT           names the generation in force
//   manifest/<g>.checkpoint    the whole state at the beginning of generation g
//   manifest/<g>.log           the commits since
//   manifest/ACKNOWLEDGED      how much of the log has been acknowledged (advice, see `Acknowledgement`)
//   segments/<id>.segment      rows
//   pins/<version>             shared-flocked by whoever reads that version
//   stages/, tmp/              for the layers above

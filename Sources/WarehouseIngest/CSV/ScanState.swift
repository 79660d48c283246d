/// What the scan knows of the record it is in.
struct ScanState {
    enum Place { case unenclosed, enclosed, behindEnclosure }

    var place = Place.unenclosed
    var recordStart: Int
    var fieldStart: Int
    /// First byte within the enclosure, and the closing one.
    var enclosedStart = 0
    var enclosedEnd = 0
    var flags: UInt32 = 0
    /// Index of the record's first field, and of the next field of the block.
    var firstField = 1
    var fieldCount = 1
    /// Fields beyond the capacity.
    var excessFields = 0
    /// Whether a line ends within the record.
    var hasInnerLines = false
    /// Special bytes before this offset have been dealt with.
    var seenUpTo: Int
    var records = 0
    /// Line of `recordStart`.
    var line: Int
    var wantsMore = false

    /// Whether the byte at `offset` stands in an ordinary field, and everything before it has been dealt with.
    func isPlain(_ offset: Int) -> Bool {
        place == .unenclosed && flags == 0 && seenUpTo <= offset && !hasInnerLines && excessFields == 0
    }
}

/// Says of a field by its length and flags alone which loop may read it as digits. A text that NULL_IF names and that
/// such a loop could take for a number keeps all fields of its length from it: `isNull` decides those.
struct FieldShapes: ~Copyable {
    enum Shape {
        /// Neither: NULL perhaps, escaped, missing, or too long.
        static let other: UInt8 = 0
        static let upTo8: UInt8 = 1
        static let longer: UInt8 = 2
    }

    /// By meta word: length << 3 | flags.
    private let shapes: UnsafeMutablePointer<UInt8>

    /// Fields of at most `longest` bytes (0: none; 30 at most), but those as long as a NULL text made of `alphabet`.
    init(longest: Int, format: CSVFormat, alphabet: (UInt8) -> Bool) {
        shapes = .allocate(capacity: 256)
        shapes.initialize(repeating: Shape.other, count: 256)
        for length in 1..<(min(longest, 30) + 1) {
            if format.nullIf.contains(where: { $0.count == length && $0.allSatisfy(alphabet) }) { continue }
            let shape = length <= 8 ? Shape.upTo8 : Shape.longer
            let meta = length << Int(RecordBlock.FieldFlag.bits)
            shapes[meta] = shape
            shapes[meta | Int(RecordBlock.FieldFlag.enclosed)] = shape
        }
    }

    deinit { shapes.deallocate() }

    /// Valid as long as this is.
    var table: UnsafePointer<UInt8> { UnsafePointer(shapes) }

    @inline(__always) static func shape(_ meta: UInt32, _ table: UnsafePointer<UInt8>) -> UInt8 {
        meta < 256 ? table[Int(meta)] : Shape.other
    }
}

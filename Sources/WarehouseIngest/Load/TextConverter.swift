import WarehouseBasics
import WarehouseColumns

/// VARCHAR: the bytes are checked and copied into the column's arena.
final class TextConverter: ColumnConverter {
    private let maximumLength: Int
    private let truncates: Bool
    private let repairs: Bool

    init(_ column: LoadColumn, index: Int, maximumLength: Int, truncates: Bool, repairs: Bool) {
        self.maximumLength = maximumLength
        self.truncates = truncates
        self.repairs = repairs
        super.init(column, index: index, physicalType: .string)
    }

    override func convert(_ block: FieldBlock) {
        buffer.reserve(block.rowCount)
        let out = buffer.strings + buffer.count, fields = block.fields, arena = buffer.arena
        let starts = block.records.starts, metas = block.records.metas, text = block.records.text
        let isPlain = block.isTextValid, maximum = maximumLength
        for row in 0..<block.rowCount {
            let field = Int(fields[row])
            if isNull(block, row, field) {
                out[row] = .empty
                continue
            }
            let meta = metas[field]
            let length = Int(meta >> RecordBlock.FieldFlag.bits)
            if isPlain, length <= maximum, meta & RecordBlock.FieldFlag.escaped == 0 {
                out[row] = TextConverter.copy(text + Int(starts[field]), length, arena)
            } else {
                out[row] = slow(block, row, field)
            }
        }
    }

    /// Copies; a short text by one wide load and store, which the room behind the text and in the arena allows.
    @inline(__always)
    private static func copy(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ arena: ByteArena) -> StringView {
        guard count > 0 else { return .empty }
        if count > 16 { return arena.copy(bytes, count: count) }
        let target = arena.allocate(16)
        let word = UnsafeRawPointer(bytes).loadUnaligned(as: SIMD2<UInt64>.self)
        UnsafeMutableRawPointer(target).storeBytes(of: word, as: SIMD2<UInt64>.self)
        arena.giveBack(16 &- count)
        return StringView(target, count: count)
    }

    @inline(never) private func slow(_ block: FieldBlock, _ row: Int, _ field: Int) -> StringView {
        var (bytes, count) = block.text(field)
        if !block.isTextValid || count != Int(block.records.metas[field] >> RecordBlock.FieldFlag.bits),
           !UTF8Text.isValid(bytes, count: count) {
            guard repairs else {
                TextConverter.rejectInvalid(block, row, index, bytes, count)
                return .empty
            }
            var repaired: [UInt8] = []
            UTF8Text.appendRepaired(bytes, count: count, to: &repaired)
            block.scratch.removeAll()
            block.scratch.append(repaired)
            bytes = UnsafePointer(block.scratch.bytes)
            count = block.scratch.count
        }
        if count > maximumLength, UTF8Text.scalarCount(bytes, count: count) > maximumLength {
            guard truncates else {
                block.reject(row, index, .stringTooLong) { "String '\($0)' is too long and would be truncated" }
                return .empty
            }
            count = UTF8Text.offset(ofScalar: maximumLength, in: bytes, count: count)
        }
        return buffer.arena.copy(bytes, count: count)
    }

    static func rejectInvalid(
        _ block: FieldBlock, _ row: Int, _ column: Int, _ bytes: UnsafePointer<UInt8>, _ count: Int
    ) {
        let digits = HexText.string(UnsafeBufferPointer(start: bytes, count: min(count, 100)), uppercase: true)
        block.reject(row, column, .invalidUTF8) { _ in "Invalid UTF8 detected in string '0x\(digits)'" }
    }
}

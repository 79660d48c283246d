import WarehouseBasics

/// Writes one document of `VariantEncoding` in one pass: values in order, containers opened and closed around their
/// parts. Reused for document after document by `reset`.
public final class VariantBuilder {
    /// What to do with a key that an object already has.
    public enum DuplicateKeys: Sendable { case error, lastWins }

    private struct Frame: BitwiseCopyable {
        /// Offset of the byte behind the container's tag.
        var bodyStart: Int
        /// Index in `ends` of the container's first end.
        var firstEnd: Int
        var isObject: Bool
    }

    public let buffer: ByteBuffer
    @exclusivity(unchecked) private var frames = PlainStack<Frame>()
    /// Ends of the parts of all open containers, each counted from its container's body.
    @exclusivity(unchecked) private var ends = PlainStack<Int>(capacity: 64)
    @exclusivity(unchecked) private var keys = KeyOrder()
    private let sizeLimit: Int

    /// `sizeLimit` bounds a document's bytes.
    public init(sizeLimit: Int = VariantEncoding.maximumBytes) {
        self.sizeLimit = sizeLimit
        buffer = ByteBuffer(capacity: 1024)
    }

    /// The document, valid until the next change.
    public var view: VariantView { VariantView(buffer.bytes, count: buffer.count) }
    public var encoded: StringView { buffer.view }
    public var depth: Int { frames.count }

    public func reset() {
        buffer.removeAll()
        frames.resize(to: 0)
        ends.resize(to: 0)
    }

    // MARK: Scalars

    public func null() { tag(VariantEncoding.Tag.null) }
    /// An element that an array lacks.
    public func undefined() { tag(VariantEncoding.Tag.undefined) }
    public func boolean(_ value: Bool) { tag(value ? VariantEncoding.Tag.yes : VariantEncoding.Tag.no) }

    public func integer(_ value: Int128) {
        buffer.append(VariantEncoding.Tag.integer)
        putInteger(value)
        endValue()
    }

    /// As `integer`, for a value that is known to fit.
    func integer(word value: Int64) {
        buffer.append(VariantEncoding.Tag.integer)
        putWord(value)
        endValue()
    }

    /// unscaled × 10^-scale, scale 0 to 38; without digits behind the point it becomes an integer.
    public func decimal(_ unscaled: Int128, scale: Int) {
        if let word = Int64(exactly: unscaled) { return decimal(word: word, scale: scale) }
        var value = unscaled, scale = scale
        while scale > 0 {
            let (quotient, digit) = value.quotientAndRemainder(dividingBy: 10)
            if digit != 0 { break }
            value = quotient
            scale -= 1
        }
        if scale == 0 { return integer(value) }
        buffer.append(VariantEncoding.Tag.decimal)
        buffer.append(UInt8(scale))
        putInteger(value)
        endValue()
    }

    /// As `decimal`, for a value that is known to fit.
    func decimal(word unscaled: Int64, scale: Int) {
        var value = unscaled, scale = scale
        while scale > 0, value % 10 == 0 {
            value /= 10
            scale &-= 1
        }
        if scale == 0 { return integer(word: value) }
        buffer.append(VariantEncoding.Tag.decimal)
        buffer.append(UInt8(scale))
        putWord(value)
        endValue()
    }

    public func double(_ value: Double) {
        let target = buffer.reserve(9)
        target[0] = VariantEncoding.Tag.double
        let pattern = value.isNaN ? Double.nan.bitPattern : value == 0 ? 0 : value.bitPattern
        UnsafeMutableRawPointer(target).storeBytes(of: pattern.littleEndian, toByteOffset: 1, as: UInt64.self)
        buffer.advance(9)
        endValue()
    }

    /// A string of valid UTF-8.
    public func string(_ bytes: UnsafePointer<UInt8>, count: Int) {
        buffer.append(VariantEncoding.Tag.string)
        buffer.append(bytes, count: count)
        endValue()
    }
    public func string(_ view: StringView) { string(view.bytes, count: view.count) }
    public func string(_ text: String) {
        buffer.append(VariantEncoding.Tag.string)
        buffer.append(text: text)
        endValue()
    }

    public func binary(_ view: StringView) {
        buffer.append(VariantEncoding.Tag.binary)
        buffer.append(view)
        endValue()
    }

    /// Days since 1970-01-01.
    public func date(_ days: Int) {
        buffer.append(VariantEncoding.Tag.date)
        putInteger(Int128(days))
        endValue()
    }

    /// A time or timestamp: `kind` is `.time`, `.timestampNTZ`, `.timestampLTZ` or `.timestampTZ`; the value as in a
    /// column of that type and scale.
    public func ticks(_ kind: VariantKind, _ value: Int128, scale: Int) {
        let tag = switch kind {
        case .time: VariantEncoding.Tag.time
        case .timestampLTZ: VariantEncoding.Tag.timestampLTZ
        case .timestampTZ: VariantEncoding.Tag.timestampTZ
        default: VariantEncoding.Tag.timestampNTZ
        }
        buffer.append(tag)
        buffer.append(UInt8(max(0, min(9, scale))))
        putInteger(value)
        endValue()
    }

    /// A whole value copied from elsewhere; an empty view is JSON null.
    public func value(_ view: VariantView) {
        if view.count == 0 { return null() }
        buffer.append(view.bytes, count: view.count)
        endValue()
    }

    /// Begins a string whose bytes the caller appends by `append` or to `buffer`; `endString` ends it.
    public func beginString() { buffer.append(VariantEncoding.Tag.string) }
    /// Bytes of a string or key that has begun.
    func append(_ bytes: UnsafePointer<UInt8>, count: Int) { buffer.append(bytes, count: count) }
    func append(_ byte: UInt8) { buffer.append(byte) }
    public func endString() { endValue() }

    @inline(__always) private func tag(_ tag: UInt8) {
        buffer.append(tag)
        endValue()
    }

    private func putInteger(_ value: Int128) {
        if let word = Int64(exactly: value) { return putWord(word) }
        let target = UnsafeMutableRawPointer(buffer.reserve(16))
        target.storeBytes(of: UInt64(truncatingIfNeeded: value).littleEndian, as: UInt64.self)
        target.storeBytes(of: Int64(truncatingIfNeeded: value >> 64).littleEndian, toByteOffset: 8, as: Int64.self)
        buffer.advance(16)
    }

    private func putWord(_ value: Int64) {
        UnsafeMutableRawPointer(buffer.reserve(8)).storeBytes(of: value.littleEndian, as: Int64.self)
        let isByte = Int64(Int8(truncatingIfNeeded: value)) == value
        let isShort = Int64(Int16(truncatingIfNeeded: value)) == value
        buffer.advance(isByte ? 1 : isShort ? 2 : Int64(Int32(truncatingIfNeeded: value)) == value ? 4 : 8)
    }

    // MARK: Containers

    /// Opens an array. Throws `limitExceeded` past `VariantEncoding.maximumDepth`.
    public func beginArray() throws(WarehouseError) { try begin(VariantEncoding.Tag.array, isObject: false) }
    /// Opens an object.
    public func beginObject() throws(WarehouseError) { try begin(VariantEncoding.Tag.object, isObject: true) }

    private func begin(_ tag: UInt8, isObject: Bool) throws(WarehouseError) {
        guard frames.count < VariantEncoding.maximumDepth else {
            throw WarehouseError(.limitExceeded,
                "A semi-structured value is nested more than \(VariantEncoding.maximumDepth) levels deep.")
        }
        buffer.append(tag)
        frames.append(Frame(bodyStart: buffer.count, firstEnd: ends.count, isObject: isObject))
    }

    /// The key of the object's next value, UTF-8.
    public func key(_ bytes: UnsafePointer<UInt8>, count: Int) {
        buffer.append(bytes, count: count)
        endKey()
    }
    public func key(_ view: StringView) { key(view.bytes, count: view.count) }
    public func key(_ text: String) {
        buffer.append(text: text)
        endKey()
    }
    /// Ends a key whose bytes the caller appended to `buffer`.
    public func endKey() { endValue() }

    /// Marks the end of a part of the container opened last.
    @inline(__always) private func endValue() {
        let depth = frames.count
        if depth > 0 { ends.append(buffer.count &- frames.pointer[depth &- 1].bodyStart) }
    }

    private func takeFrame() -> Frame? {
        let depth = frames.count
        guard depth > 0 else { return nil }
        frames.resize(to: depth - 1)
        return frames.pointer[depth - 1]
    }

    /// Closes the array opened last. Throws `limitExceeded` when the document has grown too large.
    public func endArray() throws(WarehouseError) {
        guard let frame = takeFrame() else { return }
        try putTable(frame)
    }

    /// Closes the object opened last, ordering its keys. Throws `invalidValue` for a key that stands twice, and
    /// `limitExceeded` when the document has grown too large.
    public func endObject(_ duplicates: DuplicateKeys = .error) throws(WarehouseError) {
        guard let frame = takeFrame() else { return }
        try keys.arrange(buffer, from: frame.bodyStart, &ends, from: frame.firstEnd, duplicates)
        try putTable(frame)
    }

    private func putTable(_ frame: Frame) throws(WarehouseError) {
        let body = buffer.count - frame.bodyStart
        let endCount = ends.count - frame.firstEnd
        let count = frame.isObject ? endCount / 2 : endCount
        let largest = max(body, count)
        let width = largest <= 0xFF ? 1 : largest <= 0xFFFF ? 2 : 4
        let tableBytes = (endCount + 1) * width + 1
        guard buffer.count + tableBytes <= sizeLimit else { throw tooLarge() }
        let target = UnsafeMutableRawPointer(buffer.reserve(tableBytes))
        let ends = self.ends.pointer + frame.firstEnd
        switch width {
        case 1: VariantBuilder.put(ends, endCount, count, to: target, as: UInt8.self)
        case 2: VariantBuilder.put(ends, endCount, count, to: target, as: UInt16.self)
        default: VariantBuilder.put(ends, endCount, count, to: target, as: UInt32.self)
        }
        target.storeBytes(of: UInt8(width), toByteOffset: tableBytes - 1, as: UInt8.self)
        buffer.advance(tableBytes)
        self.ends.resize(to: frame.firstEnd)
        endValue()
    }

    /// The ends and then the number of parts, each as a `Word`.
    @inline(__always) private static func put<Word: FixedWidthInteger & BitwiseCopyable>(
        _ ends: UnsafePointer<Int>, _ endCount: Int, _ count: Int, to target: UnsafeMutableRawPointer, as _: Word.Type
    ) {
        let stride = MemoryLayout<Word>.size
        for index in 0..<endCount {
            let end = Word(truncatingIfNeeded: ends[index]).littleEndian
            target.storeBytes(of: end, toByteOffset: index &* stride, as: Word.self)
        }
        target.storeBytes(of: Word(truncatingIfNeeded: count).littleEndian, toByteOffset: endCount &* stride, as: Word.self)
    }

    private func tooLarge() -> WarehouseError {
        WarehouseError(.limitExceeded, "A semi-structured value is larger than \(sizeLimit) bytes.")
    }

    /// Checks what is written so far against the size limit; containers are checked as they close.
    public func checkSize() throws(WarehouseError) {
        if buffer.count > sizeLimit { throw tooLarge() }
    }
}

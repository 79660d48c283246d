import WarehouseBasics

/// Writes one document of `VariantEncoding` in one pass: values in order, containers opened and closed around their
/// parts. Reused for document after document by `reset`.
public final class VariantBuilder {
    /// What to do with a key that an object already has.
    public enum DuplicateKeys: Sendable { case error, lastWins }

    private struct Frame {
        /// Offset of the byte behind the container's tag.
        var bodyStart: Int
        /// Index in `ends` of the container's first end.
        var firstEnd: Int
        var isObject: Bool
    }

    public let buffer: ByteBuffer
    private let scratch = ByteBuffer()
    @exclusivity(unchecked) private var frames: [Frame] = []
    /// Ends of the parts of all open containers, each counted from its container's body.
    @exclusivity(unchecked) private var ends: [Int] = []
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
        frames.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
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

    /// unscaled × 10^-scale, scale 0 to 38; without digits behind the point it becomes an integer.
    public func decimal(_ unscaled: Int128, scale: Int) {
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

    /// Begins a string whose bytes the caller appends to `buffer`; `endString` ends it.
    public func beginString() { buffer.append(VariantEncoding.Tag.string) }
    public func endString() { endValue() }

    @inline(__always) private func tag(_ tag: UInt8) {
        buffer.append(tag)
        endValue()
    }

    private func putInteger(_ value: Int128) {
        let target = UnsafeMutableRawPointer(buffer.reserve(16))
        if let byte = Int8(exactly: value) {
            target.storeBytes(of: byte, as: Int8.self)
            buffer.advance(1)
        } else if let word = Int16(exactly: value) {
            target.storeBytes(of: word.littleEndian, as: Int16.self)
            buffer.advance(2)
        } else if let word = Int32(exactly: value) {
            target.storeBytes(of: word.littleEndian, as: Int32.self)
            buffer.advance(4)
        } else if let word = Int64(exactly: value) {
            target.storeBytes(of: word.littleEndian, as: Int64.self)
            buffer.advance(8)
        } else {
            target.storeBytes(of: UInt64(truncatingIfNeeded: value).littleEndian, as: UInt64.self)
            target.storeBytes(of: Int64(truncatingIfNeeded: value >> 64).littleEndian, toByteOffset: 8, as: Int64.self)
            buffer.advance(16)
        }
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
    public func endKey() {
        if let frame = frames.last { ends.append(buffer.count - frame.bodyStart) }
    }

    @inline(__always) private func endValue() {
        if let frame = frames.last { ends.append(buffer.count - frame.bodyStart) }
    }

    /// Closes the array opened last. Throws `limitExceeded` when the document has grown too large.
    public func endArray() throws(WarehouseError) {
        guard let frame = frames.popLast() else { return }
        try putTable(frame)
    }

    /// Closes the object opened last, ordering its keys. Throws `invalidValue` for a key that stands twice, and
    /// `limitExceeded` when the document has grown too large.
    public func endObject(_ duplicates: DuplicateKeys = .error) throws(WarehouseError) {
        guard let frame = frames.popLast() else { return }
        if !areKeysAscending(frame) { try orderPairs(frame, duplicates) }
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
        func put(_ value: Int, _ index: Int) {
            switch width {
            case 1: target.storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: index, as: UInt8.self)
            case 2:
                target.storeBytes(
                    of: UInt16(truncatingIfNeeded: value).littleEndian, toByteOffset: index &* 2, as: UInt16.self)
            default:
                target.storeBytes(
                    of: UInt32(truncatingIfNeeded: value).littleEndian, toByteOffset: index &* 4, as: UInt32.self)
            }
        }
        for index in 0..<endCount { put(ends[frame.firstEnd + index], index) }
        put(count, endCount)
        target.storeBytes(of: UInt8(width), toByteOffset: tableBytes - 1, as: UInt8.self)
        buffer.advance(tableBytes)
        ends.removeSubrange(frame.firstEnd...)
        endValue()
    }

    private func tooLarge() -> WarehouseError {
        WarehouseError(.limitExceeded, "A semi-structured value is larger than \(sizeLimit) bytes.")
    }

    // MARK: Order of keys

    private func keyView(_ frame: Frame, _ pair: Int) -> StringView {
        let base = frame.firstEnd + pair * 2
        let start = pair == 0 ? 0 : ends[base - 1]
        let length = ends[base] - start
        return length == 0 ? .empty : StringView(buffer.bytes + frame.bodyStart + start, count: length)
    }

    private func areKeysAscending(_ frame: Frame) -> Bool {
        let pairs = (ends.count - frame.firstEnd) / 2
        guard pairs > 1 else { return true }
        var last = keyView(frame, 0)
        for pair in 1..<pairs {
            let next = keyView(frame, pair)
            guard last < next else { return false }
            last = next
        }
        return true
    }

    /// The pairs by their keys, those of one key as they came. A million of them take longer than one waits for a stop.
    private func orderOfPairs(_ frame: Frame) throws(WarehouseError) -> [Int] {
        var comparisons = 0
        do {
            return try (0..<(ends.count - frame.firstEnd) / 2).sorted { a, b in
                comparisons &+= 1
                if comparisons & 0xFFF == 0 { try Interruption.check() }
                let comparison = StringView.compare(keyView(frame, a), keyView(frame, b))
                return comparison != 0 ? comparison < 0 : a < b
            }
        } catch let error as WarehouseError {
            throw error
        } catch {
            throw WarehouseError(.internalFault, "\(error)")
        }
    }

    private func orderPairs(_ frame: Frame, _ duplicates: DuplicateKeys) throws(WarehouseError) {
        let order = try orderOfPairs(frame), pairs = order.count
        scratch.removeAll()
        var newEnds: [Int] = []
        newEnds.reserveCapacity(pairs * 2)
        for (place, pair) in order.enumerated() {
            let key = keyView(frame, pair)
            if place + 1 < pairs, StringView.compare(key, keyView(frame, order[place + 1])) == 0 {
                if duplicates == .error {
                    throw WarehouseError(.invalidValue, "Duplicate field key '\(key.string.prefix(200))'")
                }
                continue
            }
            let base = frame.firstEnd + pair * 2
            let start = pair == 0 ? 0 : ends[base - 1]
            newEnds.append(scratch.count + ends[base] - start)
            scratch.append(buffer.bytes + frame.bodyStart + start, count: ends[base + 1] - start)
            newEnds.append(scratch.count)
        }
        buffer.truncate(to: frame.bodyStart)
        buffer.append(scratch.bytes, count: scratch.count)
        ends.removeSubrange(frame.firstEnd...)
        ends.append(contentsOf: newEnds)
    }

    /// Checks what is written so far against the size limit; containers are checked as they close.
    public func checkSize() throws(WarehouseError) {
        if buffer.count > sizeLimit { throw tooLarge() }
    }
}

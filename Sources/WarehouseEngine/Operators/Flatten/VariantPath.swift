import WarehouseBasics
import WarehouseColumns

/// A path into semi-structured data: `a.b[0]["odd key"]`.
struct VariantPath {
    enum Step: Hashable {
        case key([UInt8])
        case index(Int)
    }
    private(set) var steps: [Step] = []

    /// Throws `invalidValue` for text that is no path; the empty text is the value itself.
    init(_ text: String) throws {
        let bytes = Array(text.utf8)
        var place = 0
        let fail = { (place: Int) in
            WarehouseError(.invalidValue, "Invalid path '\(text)' at position \(place + 1).")
        }
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "[") {
                steps.append(try VariantPath.bracket(bytes, &place, fail))
                continue
            }
            if bytes[place] == UInt8(ascii: ".") || bytes[place] == UInt8(ascii: ":") {
                if bytes[place] == UInt8(ascii: "."), steps.isEmpty { throw fail(place) }
                place += 1
            } else if !steps.isEmpty {
                throw fail(place)
            }
            guard place < bytes.count else { throw fail(place) }
            steps.append(try VariantPath.name(bytes, &place, fail))
        }
    }

    private static func name(_ bytes: [UInt8], _ place: inout Int, _ fail: (Int) -> WarehouseError) throws -> Step {
        if bytes[place] == UInt8(ascii: "\"") { return .key(try quoted(bytes, &place, fail)) }
        let start = place
        while place < bytes.count, ![UInt8(ascii: "."), UInt8(ascii: "["), UInt8(ascii: ":")].contains(bytes[place]) {
            place += 1
        }
        guard place > start else { throw fail(place) }
        return .key(Array(bytes[start..<place]))
    }

    private static func bracket(_ bytes: [UInt8], _ place: inout Int, _ fail: (Int) -> WarehouseError) throws -> Step {
        place += 1
        guard place < bytes.count else { throw fail(place) }
        let step: Step
        if bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'") {
            step = .key(try quoted(bytes, &place, fail))
        } else {
            var number = 0
            let start = place
            while place < bytes.count, bytes[place] >= 48, bytes[place] <= 57, place - start < 10 {
                number = number * 10 + Int(bytes[place] - 48)
                place += 1
            }
            guard place > start else { throw fail(place) }
            step = .index(number)
        }
        guard place < bytes.count, bytes[place] == UInt8(ascii: "]") else { throw fail(place) }
        place += 1
        return step
    }

    private static func quoted(_ bytes: [UInt8], _ place: inout Int,
                               _ fail: (Int) -> WarehouseError) throws -> [UInt8] {
        let quote = bytes[place]
        var key: [UInt8] = []
        place += 1
        while place < bytes.count, bytes[place] != quote {
            if bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count { place += 1 }
            key.append(bytes[place])
            place += 1
        }
        guard place < bytes.count else { throw fail(place) }
        place += 1
        return key
    }

    /// What the path leads to; nil when a step is missing.
    func find(in value: VariantView) -> VariantView? {
        var current = value
        for step in steps {
            switch step {
            case .key(let key):
                let found = key.withUnsafeBufferPointer { buffer in
                    current.find(buffer.baseAddress.map { StringView($0, count: buffer.count) } ?? .empty)
                }
                guard let found else { return nil }
                current = found
            case .index(let index):
                guard current.kind == .array, index < current.elementCount else { return nil }
                current = current[index]
            }
        }
        return current
    }

    /// Whether a key stands in a path without quotes.
    static func isPlain(_ key: StringView) -> Bool {
        guard key.count > 0 else { return false }
        for (index, byte) in key.buffer.enumerated() {
            let isLetter = (byte | 32) >= 97 && (byte | 32) <= 122 || byte == 95
            let isDigit = byte >= 48 && byte <= 57 || byte == 36
            if !isLetter, !(isDigit && index > 0) { return false }
        }
        return true
    }
}

import Testing
import WarehouseBasics
@testable import WarehouseIngest

/// The rules of the scan, one byte at a time and with the whole text in hand: what the fast scanner is held against.
private struct PlainCSV {
    var rows: [[String]] = []
    var bad: Set<Int> = []

    init(_ text: [UInt8], trim: Bool, multiLine: Bool) {
        var index = 0
        while index < text.count { index = record(text, index, trim, multiLine) }
    }

    private func isEnd(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }
    private func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }

    private mutating func record(_ text: [UInt8], _ start: Int, _ trim: Bool, _ multiLine: Bool) -> Int {
        var index = start
        var fields: [String] = []
        while true {
            var look = index
            while trim, look < text.count, isBlank(text[look]) { look += 1 }
            if look < text.count, text[look] == 34 {
                index = enclosed(text, look + 1, trim, multiLine, &fields)
            } else {
                index = unenclosed(text, index, trim, &fields)
            }
            if index < text.count, text[index] == 44 {
                index += 1
                continue
            }
            rows.append(fields)
            guard index < text.count else { return index }
            return text[index] == 13 && index + 1 < text.count && text[index + 1] == 10 ? index + 2 : index + 1
        }
    }

    private func unenclosed(_ text: [UInt8], _ start: Int, _ trim: Bool, _ fields: inout [String]) -> Int {
        var index = start
        while index < text.count, text[index] != 44, !isEnd(text[index]) {
            if text[index] == 92, index + 1 < text.count {
                let isPair = text[index + 1] == 13 && index + 2 < text.count && text[index + 2] == 10
                index += isPair ? 3 : 2
            } else {
                index += 1
            }
        }
        var bytes = text[start..<index]
        if trim {
            bytes = bytes.drop { isBlank($0) }
            while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        }
        fields.append(meaning(Array(bytes), enclosed: false))
        return index
    }

    private mutating func enclosed(
        _ text: [UInt8], _ start: Int, _ trim: Bool, _ multiLine: Bool, _ fields: inout [String]
    )
        -> Int
    {
        var index = start
        while true {
            guard index < text.count else {
                bad.insert(rows.count)
                return index
            }
            if text[index] == 34 {
                if index + 1 < text.count, text[index + 1] == 34 {
                    index += 2
                    continue
                }
                break
            }
            if isEnd(text[index]), !multiLine {
                bad.insert(rows.count)
                return index
            }
            index += 1
        }
        fields.append(meaning(Array(text[start..<index]), enclosed: true))
        index += 1
        while index < text.count, text[index] != 44, !isEnd(text[index]) {
            if !(trim && isBlank(text[index])) { bad.insert(rows.count) }
            index += 1
        }
        return index
    }

    private func meaning(_ bytes: [UInt8], enclosed: Bool) -> String {
        var out: [UInt8] = [], index = 0
        while index < bytes.count {
            if !enclosed, bytes[index] == 92, index + 1 < bytes.count {
                out.append(bytes[index + 1] == 110 ? 10 : bytes[index + 1])
                index += 2
            } else {
                out.append(bytes[index])
                index += enclosed && bytes[index] == 34 ? 2 : 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}

@Suite struct CSVFuzzTests {
    @Test func scansLikeThePlainRules() throws {
        var random = Random(state: 11)
        let alphabet: [UInt8] = [97, 99, 44, 44, 34, 34, 10, 13, 92, 32, 110, 120]
        for round in 0..<1500 {
            let length = random.below(round % 10 == 0 ? 400 : 40)
            let text = (0..<length).map { _ in alphabet[random.below(alphabet.count)] }
            let trim = random.below(2) == 0, multiLine = random.below(3) > 0
            let format = quoted {
                $0.trimSpace = trim
                $0.multiLine = multiLine
                $0.nullIf = []
                $0.emptyFieldAsNull = false
            }
            let limits = settings { $0.limits.bufferBytes = 64 }
            let plain = PlainCSV(text, trim: trim, multiLine: multiLine)
            let loaded = try loadText(text, fields: 8, format, limits, piece: 1 + random.below(70))
            var want: [[String?]] = []
            for (index, row) in plain.rows.enumerated() where !plain.bad.contains(index) {
                want.append((0..<8).map { $0 < row.count ? row[$0] : nil })
            }
            #expect(loaded.rows == want, "round \(round): \(String(decoding: text, as: UTF8.self).debugDescription)")
            #expect(loaded.rejects.count == plain.bad.count)
            if loaded.rows != want { return }
        }
    }

    @Test func survivesAnyBytesInAnyFormat() throws {
        var random = Random(state: 12)
        let types: [LogicalType] = [
            .integer, .number(precision: 5, scale: 2), .float, .varchar(length: 3), .boolean, .date, .time(scale: 3),
            .timestampNTZ(scale: 9), .timestampTZ(scale: 6), .binary(length: 8), .variant, .array(element: nil),
            .object,
        ]
        for _ in 0..<300 {
            let count = random.below(300)
            let text = (0..<count).map { _ -> UInt8 in
                random.below(4) == 0
                    ? UInt8(random.below(256)) : [44, 34, 10, 13, 92, 49, 46, 45, 58, 32][random.below(10)]
            }
            var format = CSVFormat()
            if random.below(2) == 0 { format.enclosure = 34 }
            if random.below(4) == 0 { format.recordDelimiter = [59, 10] }
            if random.below(4) == 0 { format.fieldDelimiter = [44, 49] }
            if random.below(4) == 0 { format.escape = 92 }
            format.trimSpace = random.below(2) == 0
            format.skipBlankLines = random.below(2) == 0
            format.errorOnColumnCountMismatch = false
            format.replaceInvalidCharacters = random.below(2) == 0
            format.encoding = random.below(4) == 0 ? .utf16 : .utf8
            let columns = types.indices.map {
                LoadColumn(name: "C", type: types[$0], isNullable: random.below(4) > 0, fieldIndex: $0 % 4)
            }
            let limits = settings { $0.limits.bufferBytes = 64 }
            let loaded = try load(text, columns, format, limits, piece: 1 + random.below(50))
            #expect(loaded.rows.count + loaded.rejects.count == loaded.rowsParsed)
        }
    }
}

/// The rules of the scan, one byte at a time and with the whole text in hand: what the fast scanner is held against.
struct PlainCSV {
    var rows: [[String]] = []
    var bad: Set<Int> = []

    init(_ text: [UInt8], trim: Bool, multiLine: Bool, skipsBlankLines: Bool = false) {
        var index = 0
        while index < text.count {
            if skipsBlankLines, isEnd(text[index]) {
                index = behindLineEnd(text, index)
            } else {
                index = record(text, index, trim, multiLine)
            }
        }
    }

    private func behindLineEnd(_ text: [UInt8], _ index: Int) -> Int {
        text[index] == 13 && index + 1 < text.count && text[index + 1] == 10 ? index + 2 : index + 1
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
            return behindLineEnd(text, index)
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

import CZlib
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file's bytes, decompressed when it is gzip; nil when it cannot be read.
func readFile(_ path: String) -> [UInt8]? {
    guard let file = gzopen(path, "rb") else { return nil }
    defer { gzclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = gzread(file, &piece, UInt32(piece.count))
        if count < 0 { return nil }
        if count == 0 { return bytes }
        bytes.append(contentsOf: piece[..<Int(count)])
    }
}

func writeFile(_ path: String, _ text: String) {
    guard let file = fopen(path, "w") else { return }
    fputs(text, file)
    fclose(file)
}

/// The repository's Fixtures directory.
func fixturePath(_ name: String) -> String {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/") + "/Fixtures/" + name
}

/// A small CSV reader by RFC 4180 for the tests' own use: header and rows.
struct ParsedCSV {
    var header: [String] = []
    var rows: [[String]] = []
    /// Whether every record ends in CRLF (true), or every one in LF alone (false).
    var endsInCRLF: Bool?

    init(_ bytes: [UInt8]) {
        var records: [[String]] = []
        var record: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var ends: Set<Bool> = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isQuoted {
                if byte != 0x22 {
                    field.append(byte)
                } else if index < bytes.count && bytes[index] == 0x22 {
                    field.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case 0x22: isQuoted = true
            case 0x2C:
                record.append(String(decoding: field, as: UTF8.self))
                field = []
            case 0x0A:
                let hasReturn = field.last == 0x0D
                if hasReturn { field.removeLast() }
                ends.insert(hasReturn)
                record.append(String(decoding: field, as: UTF8.self))
                field = []
                records.append(record)
                record = []
            default: field.append(byte)
            }
        }
        header = records.first ?? []
        rows = Array(records.dropFirst())
        endsInCRLF = ends.count == 1 ? ends.first : nil
    }
}

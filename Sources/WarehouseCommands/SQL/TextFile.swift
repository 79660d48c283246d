import WarehouseBasics
import WarehouseIngest

/// Reads a script of SQL whole.
enum TextFile {
    /// What a script may take.
    static let maximumBytes = 1 << 30

    /// The text of a file, `-` for standard input. Throws `fileNotFound`, `inputOutput`, `invalidUTF8`.
    static func read(_ path: String) throws -> String {
        if path == "-" { return try read(DescriptorSource(), name: "standard input") }
        return try read(FileSource(path: path), name: "'\(path)'")
    }

    /// What a file holds, text or not. Throws `fileNotFound`, `inputOutput`.
    static func bytes(_ path: String) throws -> [UInt8] { try bytes(FileSource(path: path), name: "'\(path)'") }

    /// The text that a source gives. `name` stands in messages.
    static func read(_ source: any ByteSource, name: String) throws -> String {
        try decoded(bytes(source, name: name), name: name)
    }

    private static func bytes(_ source: any ByteSource, name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { block.deallocate() }
        while true {
            let count = try source.read(into: block)
            if count == 0 { break }
            guard bytes.count + count <= maximumBytes else {
                throw WarehouseError(
                    .limitExceeded,
                    "\(name) is longer than the \(grouped(maximumBytes)) bytes that a script may take.")
            }
            bytes.append(contentsOf: block[..<count])
        }
        return bytes
    }

    /// The beginning of a text without its byte order mark. Throws `invalidUTF8` when it is UTF-16's.
    static func withoutMark(_ bytes: [UInt8], name: String) throws -> [UInt8] {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw WarehouseError(.invalidUTF8, "\(name) is in UTF-16; a script must be in UTF-8.")
        }
        return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes[3...]) : bytes
    }

    private static func decoded(_ bytes: [UInt8], name: String) throws -> String {
        let body = try withoutMark(bytes, name: name)[...]
        if let text = String(validating: body, as: UTF8.self) { return text }
        throw WarehouseError(.invalidUTF8, "\(name) is not valid UTF-8 in line \(faultyLine(body)).")
    }

    /// The first line, from 1, that is no UTF-8.
    private static func faultyLine(_ bytes: ArraySlice<UInt8>) -> Int {
        var number = 0
        for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
            number += 1
            if String(validating: line, as: UTF8.self) == nil { break }
        }
        return number
    }
}

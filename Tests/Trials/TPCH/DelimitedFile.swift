#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes a file of lines whose fields are parted by `|`, as dbgen's are. No field holds a delimiter.
final class DelimitedFile {
    struct Failure: Error, CustomStringConvertible { let description: String }

    private let path: String
    private let file: UnsafeMutablePointer<FILE>
    private var bytes: [UInt8] = []
    private var isAtStart = true

    init(_ path: String) throws {
        guard let file = fopen(path, "w") else { throw Failure(description: "cannot write \(path)") }
        self.path = path
        self.file = file
    }

    deinit { fclose(file) }

    private func begin() {
        if !isAtStart { bytes.append(UInt8(ascii: "|")) }
        isAtStart = false
    }

    func field(_ text: String) {
        begin()
        bytes.append(contentsOf: text.utf8)
    }

    func field(_ number: Int) {
        begin()
        bytes.append(contentsOf: String(number).utf8)
    }

    /// An amount in cents.
    func field(cents: Int) {
        begin()
        if cents < 0 { bytes.append(UInt8(ascii: "-")) }
        let (whole, part) = abs(cents).quotientAndRemainder(dividingBy: 100)
        bytes.append(contentsOf: String(whole).utf8)
        bytes.append(contentsOf: [UInt8(ascii: "."), UInt8(48 + part / 10), UInt8(48 + part % 10)])
    }

    func endLine() throws {
        bytes.append(UInt8(ascii: "\n"))
        isAtStart = true
        if bytes.count > 1 << 16 { try flush() }
    }

    func flush() throws {
        let count = fwrite(bytes, 1, bytes.count, file)
        guard count == bytes.count, fflush(file) == 0 else { throw Failure(description: "cannot write \(path)") }
        bytes.removeAll(keepingCapacity: true)
    }
}

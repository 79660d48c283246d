import WarehouseBasics
import WarehouseIngest

/// Digests of whole files, read through one buffer.
enum FileDigest {
    /// XXH64, by which COPY knows a file again.
    static func hash64(ofFile path: String) throws -> UInt64 {
        var stream = Hash64Stream()
        try read(path) { stream.update($0) }
        return stream.value
    }

    static func contentKey(size: Int, _ hash: UInt64) -> String { "\(size)-\(String(hash, radix: 16))" }

    private static func read(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws {
        let source = try FileSource(path: path, followsSymlinks: false)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { return }
            body(UnsafeRawBufferPointer(rebasing: buffer[0..<count]))
        }
    }

    /// MD5 in hexadecimal, as LIST shows it.
    static func md5(ofFile path: String) throws -> String {
        var stream = MD5Stream()
        try read(path) { stream.update($0) }
        return stream.digest().hex
    }
}

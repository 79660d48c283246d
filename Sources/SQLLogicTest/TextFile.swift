import WarehouseBasics
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

private func readBytes(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

/// Whole files as text: scripts are small.
public enum TextFile {
    /// The text of a file; bytes that are no UTF-8 become U+FFFD.
    public static func read(_ path: String) throws(WarehouseError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot open", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            let start = bytes.count
            var count = 0
            bytes.append(contentsOf: repeatElement(0, count: 65_536))
            bytes.withUnsafeMutableBytes { count = readBytes(descriptor, $0.baseAddress! + start, 65_536) }
            if count < 0 { throw failure("cannot read", path) }
            bytes.removeLast(65_536 - count)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
        }
    }

    /// Replaces a file's text.
    public static func write(_ text: String, to path: String) throws(WarehouseError) {
        guard let file = fopen(path, "w") else { throw failure("cannot write", path) }
        var text = text
        let isWhole = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
        if fclose(file) != 0 || !isWhole { throw failure("cannot write", path) }
    }

    private static func failure(_ action: String, _ path: String) -> WarehouseError {
        WarehouseError(.inputOutput, "\(action) \(path): \(String(cString: strerror(errno)))")
    }
}

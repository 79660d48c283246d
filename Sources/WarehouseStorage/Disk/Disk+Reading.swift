import WarehouseBasics

extension Disk {
    /// All bytes of a file of at most `limit` bytes.
    func contents(_ path: String, limit: Int) throws(WarehouseError) -> [UInt8] {
        let file = try open(path, .read)
        return try file.bytes(from: 0, limit: limit)
    }

    /// Writes a new file, or replaces one, so that a crash leaves the old or the new one, durably.
    func replace(_ path: String, with bytes: [UInt8]) throws(WarehouseError) {
        let temporary = path + ".new"
        let file = try open(temporary, .create)
        try file.write(bytes, at: 0)
        try file.sync()
        try rename(temporary, to: path)
        try syncDirectory(path.parentDirectory)
    }
}

extension DiskFile {
    /// The bytes from `offset` to the end, which must be at most `limit`.
    func bytes(from offset: Int, limit: Int) throws(WarehouseError) -> [UInt8] {
        let size = try sizeBytes()
        guard size > offset else { return [] }
        guard size - offset <= limit else {
            throw WarehouseError(.corrupt, "The file '\(path)' is damaged: it is \(size) bytes long.")
        }
        return try bytes(from: offset, count: size - offset)
    }

    /// At most `count` bytes from `offset`: fewer where the file ends.
    func bytes(from offset: Int, count: Int) throws(WarehouseError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = try bytes.withUnsafeMutableBufferPointer { (target) throws(WarehouseError) in
            try self.read(at: offset, into: UnsafeMutableRawBufferPointer(target))
        }
        bytes.removeSubrange(read...)
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(WarehouseError) {
        try bytes.withUnsafeBufferPointer { (source) throws(WarehouseError) in
            try write(UnsafeRawBufferPointer(source), at: offset)
        }
    }
}

extension String {
    /// Everything before the last `/`; empty when there is none.
    var parentDirectory: String {
        lastIndex(of: "/").map { String(self[..<$0]) } ?? ""
    }
}

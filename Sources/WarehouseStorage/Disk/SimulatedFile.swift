import WarehouseBasics

/// A file of a simulated disk.
final class SimulatedFile: DiskFile {
    let path: String
    private let disk: SimulatedDisk
    private let inode: Int

    init(_ disk: SimulatedDisk, _ inode: Int, path: String) {
        self.disk = disk
        self.inode = inode
        self.path = path
    }

    func sizeBytes() throws(WarehouseError) -> Int {
        try disk.look(path) { (state) throws(WarehouseError) in state.inodes[inode]?.bytes.count ?? 0 }
    }

    func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(WarehouseError) -> Int {
        let found = try disk.look(path) { (state) throws(WarehouseError) -> [UInt8] in
            guard let bytes = state.inodes[inode]?.bytes, offset < bytes.count else { return [] }
            return Array(bytes[offset..<min(bytes.count, offset + target.count)])
        }
        target.copyBytes(from: found)
        return found.count
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(WarehouseError) {
        let bytes = Array(bytes)
        try disk.change(path) { (state, partly) throws(WarehouseError) in
            let write = SimulatedDisk.Write.bytes(partly ? Array(bytes.prefix(bytes.count / 2)) : bytes, offset: offset)
            guard var inode = state.inodes[self.inode] else { return }
            state.inodes[self.inode] = nil
            write.apply(to: &inode.bytes)
            inode.pending.append(write)
            state.inodes[self.inode] = inode
        }
    }

    func truncate(to size: Int) throws(WarehouseError) {
        try disk.change(path) { (state, partly) throws(WarehouseError) in
            guard !partly, var inode = state.inodes[self.inode] else { return }
            SimulatedDisk.Write.size(size).apply(to: &inode.bytes)
            inode.pending.append(.size(size))
            state.inodes[self.inode] = inode
        }
    }

    func sync() throws(WarehouseError) {
        try disk.change(path) { (state, partly) throws(WarehouseError) in
            guard var inode = state.inodes[self.inode] else { return }
            state.inodes[self.inode] = nil
            if !partly { for write in inode.pending { write.apply(to: &inode.durable) } }
            // After a failed sync nobody knows what is on the disk: here, nothing of it.
            inode.pending = []
            state.inodes[self.inode] = inode
        }
    }
}

/// A lock on a file of a simulated disk.
final class SimulatedLock: DiskLock {
    private let disk: SimulatedDisk
    private let file: any DiskFile
    private let isExclusive: Bool
    private let isHeld = Lock(true)

    init(_ disk: SimulatedDisk, _ file: any DiskFile, isExclusive: Bool) {
        self.disk = disk
        self.file = file
        self.isExclusive = isExclusive
    }

    deinit { release(removing: false) }

    func write(_ note: [UInt8]) throws(WarehouseError) {
        try file.write(note, at: 0)
        try file.truncate(to: note.count)
    }

    func read() throws(WarehouseError) -> [UInt8] { try file.bytes(from: 0, limit: 4096) }

    func release(removing: Bool) {
        let wasHeld = isHeld.withLock { held in
            defer { held = false }
            return held
        }
        guard wasHeld else { return }
        if disk.unlock(file.path), removing { try? disk.remove(file.path) }
    }
}

import WarehouseBasics

/// A disk in memory that keeps apart what was written from what is durable. It can fail or crash at any step, and
/// then gives a disk as it might be found after the power came back: of what was not synced, any part, in pieces of
/// 512 bytes, by seed. For tests.
public final class SimulatedDisk: Disk {
    /// What happens at the step chosen by `fail(atStep:_:)`.
    public enum Fault: Sendable, Equatable {
        /// This step and all later ones, reading too, fail: the machine is off.
        case crash
        /// This step alone fails with an I/O error; a write may have done part of its work, a sync loses what it should
        /// have made durable.
        case inputOutputOnce
        /// This step and all later ones that write fail for want of space.
        case diskFull
    }

    public let rootPath: String
    private let state: Lock<State>

    struct State {
        var inodes: [Int: Inode] = [:]
        /// Names of files as the running system sees them, and as they would be found after a crash.
        var names: [String: Int] = [:]
        var durableNames: [String: Int] = [:]
        var pendingNames: [NameChange] = []
        var directories: Set<String> = [""]
        var nextInode = 1
        var locks: [String: LockState] = [:]
        var step = 0
        var fault: (step: Int, kind: Fault)?
        var isOff = false
        var isFull = false
    }

    struct Inode {
        var bytes: [UInt8] = []
        var durable: [UInt8] = []
        var pending: [Write] = []
    }

    enum Write {
        case bytes([UInt8], offset: Int)
        case size(Int)

        func apply(to content: inout [UInt8]) {
            switch self {
            case .bytes(let bytes, let offset):
                if content.count < offset + bytes.count {
                    content += [UInt8](repeating: 0, count: offset + bytes.count - content.count)
                }
                content.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
            case .size(let size):
                if size < content.count {
                    content.removeSubrange(size...)
                } else {
                    content += [UInt8](repeating: 0, count: size - content.count)
                }
            }
        }
    }

    /// Names that change together: nil for a name that goes.
    struct NameChange {
        var directory: String
        var names: [(String, Int?)]
    }

    struct LockState {
        var isExclusive: Bool
        var count: Int
    }

    public init(_ rootPath: String = "/simulated") {
        self.rootPath = rootPath
        state = Lock(State())
    }

    private init(_ rootPath: String, _ state: State) {
        self.rootPath = rootPath
        self.state = Lock(state)
    }

    // MARK: Faults

    /// Steps so far that change something.
    public var stepCount: Int { state.withLock { $0.step } }

    /// Lets the disk fail at a step counted from 1.
    public func fail(atStep step: Int, _ kind: Fault) { state.withLock { $0.fault = (step, kind) } }

    /// Undoes a full disk.
    public func recover() {
        state.withLock { state in
            state.isFull = false
            state.fault = nil
        }
    }

    /// The disk as it might be found after a crash now.
    public func afterCrash(seed: UInt64) -> SimulatedDisk {
        state.withLock { state in
            var random = SimulatedChance(seed)
            var found = State()
            found.directories = state.directories
            found.nextInode = state.nextInode
            // How much of what was not synced survives: nothing, everything, or any part.
            let mode = random.below(4)
            for number in state.inodes.keys.sorted() {
                guard let inode = state.inodes[number] else { continue }
                var content = inode.durable
                for write in inode.pending { SimulatedDisk.survive(write, mode, &random, &content) }
                found.inodes[number] = Inode(bytes: content, durable: content)
            }
            found.names = state.durableNames
            for change in state.pendingNames where mode == 1 || (mode > 1 && random.below(2) == 0) {
                for (name, inode) in change.names { found.names[name] = inode }
            }
            found.durableNames = found.names
            return SimulatedDisk(rootPath, found)
        }
    }

    private static func survive(_ write: Write, _ mode: UInt64, _ random: inout SimulatedChance,
                                _ content: inout [UInt8]) {
        switch (mode, write) {
        case (0, _): return
        case (1, _): write.apply(to: &content)
        case (_, .size): if random.below(2) == 0 { write.apply(to: &content) }
        case (_, .bytes(let bytes, let offset)):
            // The size may be on the disk without the bytes; sectors come and go alone.
            if random.below(2) == 0, content.count < offset + bytes.count {
                Write.size(offset + bytes.count).apply(to: &content)
            }
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + 512 - (offset + start) % 512)
                let sector = Write.bytes(Array(bytes[start..<end]), offset: offset + start)
                if random.below(2) == 0 { sector.apply(to: &content) }
                start = end
            }
        }
    }

    /// The bytes of a file, to look at and to damage.
    public func bytes(of path: String) -> [UInt8]? {
        state.withLock { state in state.names[path].flatMap { state.inodes[$0]?.bytes } }
    }

    /// Replaces the bytes of a file, durably.
    public func setBytes(of path: String, _ bytes: [UInt8]) {
        state.withLock { state in
            guard let inode = state.names[path] else { return }
            state.inodes[inode] = Inode(bytes: bytes, durable: bytes)
        }
    }

    /// All files, in order.
    public var filePaths: [String] { state.withLock { $0.names.keys.sorted() } }

    /// A disk of its own with the same files, all durable.
    public func copy() -> SimulatedDisk {
        state.withLock { state in
            var copied = State()
            copied.directories = state.directories
            copied.nextInode = state.nextInode
            copied.names = state.names
            copied.durableNames = state.names
            copied.inodes = state.inodes.mapValues { Inode(bytes: $0.bytes, durable: $0.bytes) }
            return SimulatedDisk(rootPath, copied)
        }
    }

    // MARK: Disk

    private func error(_ kind: ErrorKind, _ path: String, _ reason: String) -> WarehouseError {
        WarehouseError(kind, "Cannot use the file '\(rootPath)/\(path)': \(reason).")
    }

    /// Runs a step that changes something, with its fault if it has one. `partly` tells a write to do part of it.
    func change<R: Sendable>(_ path: String,
                             _ body: (inout State, _ partly: Bool) throws(WarehouseError) -> R) throws(WarehouseError)
        -> R {
        try state.withLock { (state) throws(WarehouseError) in
            guard !state.isOff else { throw error(.inputOutput, path, "the machine is off") }
            state.step += 1
            guard let fault = state.fault, fault.step == state.step else {
                if state.isFull { throw error(.diskFull, path, "No space left on device") }
                return try body(&state, false)
            }
            switch fault.kind {
            case .crash:
                _ = try? body(&state, false)
                state.isOff = true
                throw error(.inputOutput, path, "the machine is off")
            case .inputOutputOnce:
                _ = try? body(&state, true)
                throw error(.inputOutput, path, "Input/output error")
            case .diskFull:
                state.isFull = true
                _ = try? body(&state, true)
                throw error(.diskFull, path, "No space left on device")
            }
        }
    }

    func look<R: Sendable>(_ path: String,
                           _ body: (inout State) throws(WarehouseError) -> R) throws(WarehouseError) -> R {
        try state.withLock { (state) throws(WarehouseError) in
            guard !state.isOff else { throw error(.inputOutput, path, "the machine is off") }
            return try body(&state)
        }
    }

    public func open(_ path: String, _ mode: DiskOpenMode) throws(WarehouseError) -> any DiskFile {
        let known = try look(path) { (state) throws(WarehouseError) in state.names[path] }
        if mode == .create {
            let inode = try change(path) { (state, partly) throws(WarehouseError) -> Int in
                if partly { return 0 }
                if let inode = state.names[path] {
                    state.inodes[inode]?.bytes = []
                    state.inodes[inode]?.pending.append(.size(0))
                    return inode
                }
                let inode = state.nextInode
                state.nextInode += 1
                state.inodes[inode] = Inode()
                state.names[path] = inode
                state.pendingNames.append(NameChange(directory: path.parentDirectory, names: [(path, inode)]))
                return inode
            }
            return SimulatedFile(self, inode, path: path)
        }
        guard let known else { throw error(.inputOutput, path, "No such file or directory") }
        return SimulatedFile(self, known, path: path)
    }

    public func entry(_ path: String) throws(WarehouseError) -> DiskEntry? {
        try look(path) { (state) throws(WarehouseError) in
            if let inode = state.names[path] {
                return DiskEntry(name: path, isDirectory: false, sizeBytes: state.inodes[inode]?.bytes.count ?? 0)
            }
            return state.directories.contains(path) ? DiskEntry(name: path, isDirectory: true, sizeBytes: 0) : nil
        }
    }

    public func list(_ directory: String) throws(WarehouseError) -> [DiskEntry] {
        try look(directory) { (state) throws(WarehouseError) in
            var entries: [DiskEntry] = []
            for (path, inode) in state.names where path.parentDirectory == directory {
                entries.append(DiskEntry(name: path.lastName, isDirectory: false,
                                         sizeBytes: state.inodes[inode]?.bytes.count ?? 0))
            }
            for path in state.directories where !path.isEmpty && path.parentDirectory == directory {
                entries.append(DiskEntry(name: path.lastName, isDirectory: true, sizeBytes: 0))
            }
            return entries
        }
    }

    public func makeDirectory(_ path: String) throws(WarehouseError) {
        try change(path) { (state, partly) throws(WarehouseError) in
            if !partly { state.directories.insert(path) }
        }
    }

    public func rename(_ path: String, to newPath: String) throws(WarehouseError) {
        try change(path) { (state, partly) throws(WarehouseError) in
            guard let inode = state.names[path] else { throw error(.inputOutput, path, "No such file or directory") }
            if partly { return }
            state.names[path] = nil
            state.names[newPath] = inode
            state.pendingNames.append(NameChange(directory: newPath.parentDirectory,
                                                 names: [(path, nil), (newPath, inode)]))
        }
    }

    public func remove(_ path: String) throws(WarehouseError) {
        try change(path) { (state, partly) throws(WarehouseError) in
            guard !partly, state.names.removeValue(forKey: path) != nil else { return }
            state.pendingNames.append(NameChange(directory: path.parentDirectory, names: [(path, nil)]))
        }
    }

    public func syncDirectory(_ path: String) throws(WarehouseError) {
        try change(path) { (state, partly) throws(WarehouseError) in
            if partly { return }
            for change in state.pendingNames where change.directory == path {
                for (name, inode) in change.names { state.durableNames[name] = inode }
            }
            state.pendingNames.removeAll { $0.directory == path }
        }
    }

    public func tryLock(_ path: String, _ kind: DiskLockKind) throws(WarehouseError) -> (any DiskLock)? {
        let missing = try look(path) { (state) throws(WarehouseError) in state.names[path] == nil }
        if missing {
            if kind == .shared(create: false) { throw error(.inputOutput, path, "No such file or directory") }
            _ = try open(path, .create)
        }
        let file = try open(path, .readWrite)
        let isHeld = try look(path) { (state) throws(WarehouseError) in
            if let held = state.locks[path], held.isExclusive || kind == .exclusive { return false }
            state.locks[path, default: LockState(isExclusive: kind == .exclusive, count: 0)].count += 1
            return true
        }
        return isHeld ? SimulatedLock(self, file, isExclusive: kind == .exclusive) : nil
    }

    /// Gives a lock back; gives whether nobody holds one any more.
    func unlock(_ path: String) -> Bool {
        state.withLock { state in
            guard var held = state.locks[path] else { return true }
            held.count -= 1
            state.locks[path] = held.count > 0 ? held : nil
            return held.count == 0
        }
    }
}

/// Numbers for what survives a crash (SplitMix64).
struct SimulatedChance {
    private var state: UInt64
    init(_ seed: UInt64) { state = Hash64.mix(seed) }

    mutating func below(_ bound: UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Hash64.mix(state) % bound
    }
}

extension String {
    /// What follows the last `/`.
    var lastName: String { lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self }
}

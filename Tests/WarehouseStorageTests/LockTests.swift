import TestSupport
import Testing
import Trials
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseStorage
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct LockTests {
    let columns = [StoredColumn(.integer)]

    private func append(_ store: Store, _ values: [Int], create: Bool = false) throws {
        let transaction = try store.beginWrite()
        if create { try transaction.createTable(ObjectID(1), columns: columns) }
        let rows: [Row] = values.map { [.integer(Int128($0))] }
        try transaction.appendRows(to: ObjectID(1), columns: StoredRows.buffers(rows, columns))
        try transaction.commit(queryID: "q", time: 0)
    }

    private func values(_ store: Store) throws -> [Row] {
        try store.snapshot().table(ObjectID(1)).map { try StoredRows.values($0) } ?? []
    }

    @Test func aSecondStoreSeesPublishedVersionsOnly() throws {
        let directory = try ScratchDirectory()
        let writer = try Store.create(at: directory.path)
        let reader = try Store.open(directory.path)
        try append(writer, [1], create: true)
        #expect(try values(reader) == [[.integer(1)]])
        let before = try reader.snapshot()
        let transaction = try writer.beginWrite()
        try transaction.appendRows(to: ObjectID(1), columns: StoredRows.buffers([[.integer(2)]], columns))
        #expect(try values(reader) == [[.integer(1)]])
        try transaction.commit(queryID: "q", time: 0)
        #expect(try values(reader) == [[.integer(1)], [.integer(2)]])
        #expect(try StoredRows.values(#require(before.table(ObjectID(1)))) == [[.integer(1)]])
        // The other way round: the first store writes on from what the second has written.
        try append(reader, [3])
        try append(writer, [4])
        #expect(try values(reader).count == 4)
        #expect(try values(writer).count == 4)
    }

    @Test func aSecondWriterWaitsThenNamesTheHolder() throws {
        let directory = try ScratchDirectory()
        let first = try Store.create(at: directory.path)
        let second = try Store.open(directory.path, options: StoreOptions(busyTimeoutSeconds: 0.05))
        let transaction = try first.beginWrite()
        for store in [second, try Store.open(directory.path, options: StoreOptions(busyTimeoutSeconds: 0))] {
            let error = #expect(throws: WarehouseError.self) { try store.beginWrite() }
            #expect(error?.code == ErrorKind.busy.code)
            #expect(error?.message.contains("\(getpid())") == true)
        }
        transaction.rollback()
        try append(second, [1], create: true)
        #expect(throws: WarehouseError.self) { try transaction.allocateID() }
    }

    @Test func anotherProcessHoldsTheLockUntilItEnds() throws {
        guard access("/usr/bin/flock", X_OK) == 0 else { return }
        let directory = try ScratchDirectory()
        let store = try Store.create(at: directory.path, options: StoreOptions(busyTimeoutSeconds: 0.1))
        try append(store, [1], create: true)
        let lock = directory.path + "/lock"
        var child = pid_t()
        let script = "echo \"$$ loader\" > \(lock); exec /bin/sleep 30"
        let words = ["/usr/bin/flock", "-F", lock, "/bin/sh", "-c", script]
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        #expect(posix_spawn(&child, "/usr/bin/flock", nil, nil, arguments, environ) == 0)
        var message = ""
        for _ in 0..<100 where !message.contains("\(child)") {
            do {
                let transaction = try store.beginWrite()
                transaction.rollback()
                usleep(20_000)
            } catch {
                message = error.message
            }
        }
        #expect(message.contains("Process \(child) (loader)"))
        #expect(try values(store) == [[.integer(1)]])
        // The lock goes with the process that was killed, and what it left is tidied.
        try Array("x".utf8).withUnsafeBufferPointer { bytes in
            let file = try POSIXDisk(directory.path).open("segments/00000000000000ff.segment", .create)
            try file.write(UnsafeRawBufferPointer(bytes), at: 0)
        }
        kill(child, SIGKILL)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        try append(store, [2])
        #expect(try values(store) == [[.integer(1)], [.integer(2)]])
        #expect(try POSIXDisk(directory.path).entry("segments/00000000000000ff.segment") == nil)
    }

    @Test func notAWarehouse() throws {
        let directory = try ScratchDirectory()
        func code(_ body: () throws -> Store) -> String? {
            #expect(throws: WarehouseError.self) { try body() }?.code
        }
        #expect(code { try Store.open(directory.path + "/missing") } == ErrorKind.notAWarehouse.code)
        #expect(code { try Store.open(directory.path) } == ErrorKind.notAWarehouse.code)
        let disk = POSIXDisk(directory.path)
        _ = try disk.open("something", .create)
        #expect(code { try Store.open(directory.path + "/something") } == ErrorKind.notAWarehouse.code)
        #expect(code { try Store.create(at: directory.path) } == ErrorKind.notAWarehouse.code)
        let store = try Store.open(directory.path + "/a/b", options: StoreOptions(createIfMissing: true))
        #expect(try store.snapshot().version == 0)
        #expect(code { try Store.create(at: directory.path + "/a/b") } == ErrorKind.alreadyExists.code)

        let identity = POSIXDisk(directory.path + "/a/b")
        var bytes = try identity.contents("MLWH", limit: 100)
        bytes[8] = 2
        try identity.open("MLWH", .readWrite).write(bytes, at: 0)
        #expect(code { try Store.open(directory.path + "/a/b") } == ErrorKind.newerFormat.code)
    }

    @Test func aWarehouseWithoutItsFirstFileIsNotMadeAnew() throws {
        for hasRows in [true, false] {
            let disk = SimulatedDisk()
            let options = StoreOptions(createIfMissing: true)
            var store = try Store.open(on: disk, options: options)
            if hasRows { try append(store, [1, 2], create: true) }
            let bytes = try disk.contents("MLWH", limit: 100)
            try disk.remove("MLWH")
            if hasRows {
                for _ in 0..<2 {
                    let error = #expect(throws: WarehouseError.self) { try Store.open(on: disk, options: options) }
                    #expect(error?.code == ErrorKind.corrupt.code)
                    #expect(error?.message.contains("MLWH' is missing") == true)
                }
                try disk.replace("MLWH", with: bytes)
                store = try Store.open(on: disk)
                #expect(try values(store) == [[.integer(1)], [.integer(2)]])
            } else {
                // As a crash in the middle of its creation leaves it.
                store = try Store.open(on: disk, options: options)
                try append(store, [3], create: true)
                #expect(try values(store) == [[.integer(3)]])
            }
        }
    }

    @Test func whatAWriterHasReadOutlivesItsLock() throws {
        let disk = SimulatedDisk()
        let store = try Store.create(on: disk), other = try Store.open(on: disk)
        let rows: [Row] = (0..<5000).map { [.integer(Int128($0))] }
        var transaction = try store.beginWrite()
        try transaction.createTable(ObjectID(1), columns: columns, retentionSeconds: 0)
        try transaction.appendRows(to: ObjectID(1), columns: StoredRows.buffers(rows, columns))
        try transaction.commit(queryID: "q", time: 1)
        for commits in [true, false] {
            transaction = try store.beginWrite()
            #expect(try disk.list("pins").allSatisfy { $0.name == "any" })
            var table = try transaction.snapshot().table(ObjectID(1))
            if commits { try transaction.setRetention(ObjectID(1), seconds: 0) }
            if commits { try transaction.commit(queryID: "q", time: 2) } else { transaction.rollback() }
            let next = try other.beginWrite()
            try next.truncateTable(ObjectID(1))
            try next.appendRows(to: ObjectID(1), columns: StoredRows.buffers(rows, columns))
            try next.commit(queryID: "q", time: 3)
            for time in 4..<6 { try other.vacuum(queryID: "v", time: Int64(time)) }
            #expect(try disk.list("segments").count == 2)
            #expect(try StoredRows.values(#require(table)) == rows)
            table = nil
            try other.vacuum(queryID: "v", time: 6)
            #expect(try disk.list("segments").count == 1)
        }
    }

    @Test func twoThreadsOfOneStoreTakeTurns() async throws {
        let directory = try ScratchDirectory()
        let store = try Store.create(at: directory.path)
        try append(store, [0], create: true)
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    for turn in 0..<5 {
                        do {
                            try self.append(store, [thread * 100 + turn])
                            _ = try self.values(store)
                        } catch {
                            Issue.record("\(error)")
                        }
                    }
                }
            }
        }
        #expect(try store.snapshot().version == 21)
        #expect(try values(store).count == 21)
    }
}

import Testing
@testable import MiniWarehouse

/// What a process does beside the thread that opens its first warehouse.
@Suite struct RehearsalTests {
    /// Each statement runs, or nothing would be made ready; and none finds a way to the machine's disk.
    @Test func statementsRunInMemory() throws {
        try Rehearsal.run()
        // As when another process's leftovers would be looked for.
        try Rehearsal.run()
        #expect(StageStore(root: Rehearsal.path).temporaryDirectory.hasPrefix("/dev/null/"))
    }
}

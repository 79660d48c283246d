import Testing
@testable import MiniWarehouse

/// What a process does beside the thread that opens its first warehouse.
@Suite struct RehearsalTests {
    /// Each statement runs, or nothing would be made ready; and where they might look for a directory there can be none.
    @Test func statementsRunInMemory() throws {
        try Rehearsal.run()
        #expect(StageStore(root: Rehearsal.path).temporaryDirectory.hasPrefix("/dev/null/"))
    }
}

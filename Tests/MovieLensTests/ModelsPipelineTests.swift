import MiniWarehouse
import Testing
import WarehouseBasics
import WarehouseModels
@testable import MovieLens

@Suite struct ModelsPipelineTests {
    @Test func wholePipeline() throws {
        // 2026-01-04 11:12:43 -0800.
        let temporary = try TemporaryWarehouse(seconds: 1_767_553_963)
        try SmallFixture.load(into: temporary.warehouse)
        var options = RunOptions()
        options.targetPath = temporary.path + "/target"
        let console = Console { print($0) }
        func runner(_ select: String...) throws -> Runner {
            var options = options
            options.selection.select = select
            return try Runner(
                MovieLens.project, on: EmbeddedTarget(temporary.warehouse.session), console: console, options: options)
        }
        let first = try runner().build()
        #expect(first.exitStatus == 0)
    }
}

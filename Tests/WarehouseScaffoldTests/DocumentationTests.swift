import TestSupport
import Testing

/// What documents show compiles.
@Suite struct DocumentationTests {
    /// The blocks of Swift in a Markdown file, in order.
    private func blocks(_ path: String) throws -> [String] {
        var blocks: [String] = [], open: [Substring]?
        for line in try Shell.read("\(SwiftCompiler.packageRoot)/\(path)").split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```swift" { open = [] }
            else if line == "```", let lines = open { blocks.append(lines.joined(separator: "\n")); open = nil }
            else { open?.append(line) }
        }
        return blocks
    }

    @Test func theTutorialCompiles() throws {
        let directory = try ScratchDirectory()
        let blocks = try blocks("Sources/WarehouseModels/Documentation.docc/FilmRatings.md")
        #expect(blocks.count == 7)
        let file = try directory.file("films.swift", blocks.joined(separator: "\n\n"))
        #expect(try SwiftCompiler.typecheck([file], in: directory, module: "films") == [])
    }

    @Test func theReadmesProjectCompiles() throws {
        let directory = try ScratchDirectory()
        let block = try #require(try blocks("README.md").first { $0.contains("@main struct Shop") })
        #expect(try SwiftCompiler.typecheck([directory.file("shop.swift", block)], in: directory, module: "shop") == [])
    }
}

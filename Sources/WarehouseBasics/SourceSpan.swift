/// Where something stands in a text of SQL: UTF-8 offsets, and line and column of its start, both from 1.
/// A column counts Unicode scalars, not bytes.
public struct SourceSpan: Hashable, Sendable {
    public var startOffset: Int
    public var endOffset: Int
    public var line: Int
    public var column: Int

    public init(startOffset: Int, endOffset: Int, line: Int, column: Int) {
        self.startOffset = startOffset
        self.endOffset = endOffset
        self.line = line
        self.column = column
    }

    public static let none = SourceSpan(startOffset: 0, endOffset: 0, line: 0, column: 0)

    /// From the start of `self` to the end of `other`.
    public func through(_ other: SourceSpan) -> SourceSpan {
        var result = self
        result.endOffset = max(endOffset, other.endOffset)
        return result
    }
}

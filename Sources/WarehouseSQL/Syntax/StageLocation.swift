import WarehouseBasics

/// A place of files: `@[db.sch.]stage/path`, `@%table/path`, `@~/path`, or a URL.
public struct StageLocation: Hashable, Sendable {
    /// What the place begins with.
    public enum Root: Hashable, Sendable {
        /// A named stage.
        case named(ObjectReference)
        /// `@%t`: the stage of a table.
        case table(ObjectReference)
        /// `@~`: the user's own stage.
        case user
        /// `s3://…` and its kin up to the last slash.
        case url(String)
    }
    public var root: Root
    /// What follows the stage's name, without the leading slash; a prefix of file names. A trailing slash is kept.
    public var path: String
    @Unequated public var span: SourceSpan
    public init(root: Root, path: String = "", span: SourceSpan = .none) {
        self.root = root
        self.path = path
        self.span = span
    }
}

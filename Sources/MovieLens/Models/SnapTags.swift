import WarehouseModels

/// Every version of every tag that a user gave to a film.
enum SnapTags: Snapshot {
    struct Selected: Row {
        let rowKey: Expr<String>
        let userId: Expr<Int64?>
        let movieId: Expr<Int64?>
        let tag: Expr<String?>
        let tagTimestamp: Expr<LocalDateTime?>
    }
    typealias Columns = History<Selected>
    static let about = "The history of src_tags: what each user's tags of each film were, and when."
    static let schema: String? = "SNAPSHOTS"
    static let hardDeletes = HardDeletes.invalidate
    static var key: [PartialKeyPath<Selected>] { [\.userId, \.movieId, \.tag] }
    static var strategy: SnapshotStrategy<Selected> { .timestamp(\.tagTimestamp) }
    static var columns: [Column<Columns>] { [
        .column(\.selected.rowKey, "Hash of user, film and tag."),
        .column(\.selected.userId, "Who tagged."),
        .column(\.selected.movieId, "The film tagged."),
        .column(\.selected.tag, "The word or phrase."),
        .column(\.selected.tagTimestamp, "When, on a clock in the session's time zone."),
    ] }
    static func query(_ q: inout Query) -> Selected {
        let tags = q.from(SrcTags.self)
        return Selected(
            rowKey: surrogateKey(tags.userId, tags.movieId, tags.tag), userId: tags.userId, movieId: tags.movieId,
            tag: tags.tag, tagTimestamp: tags.tagTimestamp.localDateTime)
    }
}

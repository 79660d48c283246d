import WarehouseModels

/// Tags, a year's at a time: a batch that is built again replaces its year.
enum FctTags: Model {
    struct Columns: Row {
        let userId: Expr<Int64?>
        let movieId: Expr<Int64?>
        let tag: Expr<String?>
        let taggedAt: Expr<Instant?>
    }
    static let about = "One row per tag, built by years; the last two are built again by each run."
    static let tags = ["workshop"]
    static var eventTime: PartialKeyPath<Columns>? { \.taggedAt }
    static var materialized: Materialization<Columns> {
        .incremental(.microbatch(begin: Day(daysSinceEpoch: FctTags.firstDay), size: .year, lookback: 1))
    }
    /// 2005-01-01: nobody tagged before December of that year.
    static let firstDay = 12_784
    static var columns: [Column<Columns>] { [
        .column(\.userId, "Who tagged.", .notNull),
        .column(\.movieId, "The film tagged.", .notNull, .relationship(to: DimMovies.self, \.movieId).warning),
        .column(\.tag, "The word or phrase, without outer spaces.", .notEmpty.warn(if: "> 100").error(if: "> 10000")),
        .column(\.taggedAt, "When.", .notNull.where("TAG <> ''")),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let tags = q.from(SrcTags.self)
        return Columns(
            userId: tags.userId, movieId: tags.movieId, tag: tags.tag.trimmed, taggedAt: tags.tagTimestamp)
    }
}

/// Of each user and film the tag that was given last: a merge by two keys, of some columns.
enum LatestTags: Model {
    typealias Columns = FctTags.Columns
    static let about = "The last tag that each user gave to each film."
    static let tags = ["workshop"]
    static var materialized: Materialization<Columns> {
        .incremental(
            .merge(on: [\.userId, \.movieId], updating: .only([\.tag, \.taggedAt])), onSchemaChange: .appendNewColumns)
    }
    static var columns: [Column<Columns>] { [
        .column(\.userId, "Who tagged."),
        .column(\.movieId, "The film tagged."),
        .column(\.tag, "The word or phrase."),
        .column(\.taggedAt, "When."),
    ] }
    static var checks: [Check<Columns>] { [.unique(\.userId, \.movieId), .fewerRows(than: RawTags.self).warning] }
    static func query(_ q: inout Query) -> Columns {
        let tags = q.from(FctTags.self)
        // Those of the newest moment come again, and replace themselves.
        q.whenIncremental(Self.self, skipsLateRows: true) { this in tags.taggedAt >= max(this.taggedAt) }
        q.deduplicate(by: tags.userId, tags.movieId, order: tags.taggedAt.descending, tags.tag.ascending)
        return tags
    }
}

/// Tags by day: days that come again are replaced whole.
enum TagDays: Model {
    struct Columns: Row {
        let day: Expr<Day?>
        let tags: Expr<Int64>
        let users: Expr<Int64>
        let longTags: Expr<Int64>
    }
    static let about = "How many tags were given on each day."
    static let tags = ["workshop"]
    static var materialized: Materialization<Columns> {
        .incremental(.deleteInsert(by: \.day), onSchemaChange: .syncAllColumns)
    }
    /// No tag is older: nothing before is looked at when days are replaced.
    static func incrementalPredicate(_ existing: Columns) -> Predicate? {
        existing.day >= Day(daysSinceEpoch: FctTags.firstDay)
    }
    static var columns: [Column<Columns>] { [
        .column(\.day, "The day, in the session's time zone.", .notNull, .unique),
        .column(\.tags, "How many tags.", .accepted(atLeast: 1)),
        .column(\.users, "By how many users."),
        .column(\.longTags, "How many of them have more than 20 characters."),
    ] }
    static var checks: [Check<Columns>] { [
        .greater(\.tags, than: \.users, orEqual: true),
        .expect("long_tags_are_tags") { $0.longTags <= $0.tags }.storingFailures,
    ] }
    static func query(_ q: inout Query) -> Columns {
        let tags = q.from(FctTags.self)
        let day = tags.taggedAt.day
        q.whenIncremental(Self.self, skipsLateRows: true) { this in day >= max(this.day) }
        q.group(by: day)
        return Columns(
            day: day, tags: count(), users: countDistinct(tags.userId), longTags: count(where: tags.tag.length > 20))
    }
}

/// A spine of dates joined with what there is; its rows are all written anew each time, its table stays.
enum TagCalendar: Model {
    struct Columns: Row {
        let month: Expr<Day>
        let tags: Expr<Int64>
        let tagsPerUser: Expr<Double?>
    }
    static let about = "Tags by month from 2005 on, months without any too."
    static let tags = ["workshop"]
    static var materialized: Materialization<Columns> { .incremental(.insertOverwrite) }
    static var columns: [Column<Columns>] { [
        .column(\.month, "Its first day.", .notNull, .unique),
        .column(\.tags, "How many tags, 0 where there are none."),
        .column(\.tagsPerUser, "Tags by users and days, NULL where there are none."),
    ] }
    static func query(_ q: inout Query) -> Columns {
        let month = q.dateSpine(
            from: Day(daysSinceEpoch: FctTags.firstDay), to: Day(daysSinceEpoch: 20_454), by: .month)
        let days = q.leftJoin(TagDays.self) { $0.day.truncated(to: .month) == month }
        q.group(by: month)
        let tags = safeSum(sum(days.tags))
        return Columns(month: month, tags: tags, tagsPerUser: tags.safelyDivided(by: sum(days.users)))
    }
}

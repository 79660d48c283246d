import WarehouseModels

/// Of two tags of one user and film the later one is kept, of two at the same moment the first by its letters.
enum LatestTagWins: UnitTest {
    typealias Tested = LatestTags
    static let tags = ["workshop"]
    static var given: [Given] { [
        .csv(of: FctTags.self, """
            user_id,movie_id,tag,tagged_at
            1,10,early,2010-01-01 00:00:00 +0000
            1,10,late,2011-01-01 00:00:00 +0000
            1,20,b,2011-01-01 00:00:00 +0000
            1,20,a,2011-01-01 00:00:00 +0000

            """),
    ] }
    static var expected: Expected<Tested.Columns> {
        .rows(.with(\.movieId, 10).with(\.tag, "late"), .with(\.movieId, 20).with(\.tag, "a"))
    }
}

/// What is added has the newest moment that is there, or a later one.
enum NewerTagsOnly: UnitTest {
    typealias Tested = LatestTags
    static let tags = ["workshop"]
    static let isIncremental = true
    static var given: [Given] { [
        .csv(of: FctTags.self, """
            user_id,movie_id,tag,tagged_at
            1,10,old,2010-01-01 00:00:00 +0000
            2,10,same,2011-01-01 00:00:00 +0000
            3,10,new,2012-01-01 00:00:00 +0000

            """),
        .this(LatestTags.self, .with(\.taggedAt, Instant(nanoseconds: 1_293_840_000_000_000_000))),
    ] }
    static var expected: Expected<Tested.Columns> {
        .rows(.with(\.userId, 2).with(\.tag, "same"), .with(\.userId, 3).with(\.tag, "new"))
    }
}

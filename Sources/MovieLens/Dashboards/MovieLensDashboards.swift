import WarehouseCharts

extension MovieLens {
    /// What the models are made for, as pages of charts.
    public static var dashboards: [Dashboard] { [ratings, films, usersAndTags, dataQuality] }

    private static var ratings: Dashboard {
        Dashboard(
            "Ratings", about: "How many ratings there are, how kind they are, and how that has changed.",
            filters: [
                .dates(MonthlyTrends.self, \.month, title: "Months"), .category(GenreRatings.self, \.genre, title: "Genre"),
            ]
        ) {
            NumberTile(MonthlyTrends.self, \.totalRatings, .sum, trend: \.month, title: "Ratings")
            NumberTile(MonthlyTrends.self, \.avgRating, .last, trend: \.month, title: "Mean rating, last month")
            NumberTile(MonthlyTrends.self, \.totalRatings, .last, trend: \.month, title: "Ratings, last month")
            NumberTile(MonthlyTrends.self, \.totalRatings, .average, trend: \.month, title: "Ratings a month")
            AreaChart(MonthlyTrends.self, x: \.month, y: \.totalRatings, title: "Ratings by month")
            LineChart(MonthlyTrends.self, x: \.month, y: \.avgRating, title: "Mean rating by month")
            BarChart(GenreRatings.self, x: \.genre, y: \.averageRating, title: "Mean rating by genre")
            Histogram(FctRatings.self, \.rating, width: 0.5, title: "Ratings by stars")
        }
    }

    private static var films: Dashboard {
        Dashboard(
            "Films", about: "The best of each genre, and when films came out.",
            filters: [.category(Top10ByGenre.self, \.genre, title: "Genre")]
        ) {
            DataTable(
                Top10ByGenre.self, \.genre, \.rank, \.movieTitle, \.averageRating, title: "The ten best films of each genre")
            HeatMap(
                Top10ByGenre.self, x: \.rank, y: \.genre, value: \.averageRating, title: "Mean rating by rank and genre")
            AreaChart(ReleaseTrends.self, x: \.releaseYear, y: \.moviesReleased, title: "Films by year of release")
            ScatterChart(
                MovieAnalysis.self, x: \.totalRatings, y: \.averageRating, label: \.movieTitle,
                title: "Films by number and mean of ratings")
        }
    }

    private static var usersAndTags: Dashboard {
        Dashboard("Users and tags", about: "How much people rate, and which words fit films.") {
            Histogram(UserEngagement.self, \.numberOfRatings, title: "Users by number of ratings")
            Histogram(UserEngagement.self, \.averageRatingGiven, width: 0.25, title: "Users by their mean rating")
            ScatterChart(
                UserEngagement.self, x: \.numberOfRatings, y: \.averageRatingGiven, label: \.userId,
                title: "Users by number and mean of ratings")
            BarChart(TagRelevance.self, x: \.tagName, y: \.avgRelevance, title: "Most relevant tags", limit: 20)
        }
    }

    private static var dataQuality: Dashboard {
        Dashboard("Data quality", about: "How the project's tests came out, run by run.") {
            TestResultsChart(title: "Tests by result and run")
            TestResultsTable(title: "Last result of each test")
        }
    }
}

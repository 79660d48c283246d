/// What pages are made of: the files of `Resources`, which the build puts into the program.
package enum PageResource {
    /// Colours, type and controls that all pages share.
    package static let theme = String(decoding: PackageResources.theme_css, as: UTF8.self)
    /// Elements, themes and numbers that all scripts share.
    package static let elements = String(decoding: PackageResources.elements_js, as: UTF8.self)
    /// How charts are laid out on a page, and coloured.
    static let dashboardStyle = String(decoding: PackageResources.dashboard_css, as: UTF8.self)
    /// Draws charts.
    static let charts = String(decoding: PackageResources.chart_js, as: UTF8.self)
    /// What a dashboard's controls do.
    static let dashboard = String(decoding: PackageResources.dashboard_js, as: UTF8.self)
}

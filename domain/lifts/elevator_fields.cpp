#include "domain/lifts/elevator_fields.hpp"

#include <array>

namespace lifeline::domain {

namespace {

using e = elevator;
using enum field_form;

constexpr std::array fields{
    elevator_field{"rescue_code", &e::rescue_code, code, 6, "救援识别码",
                   "识别码|电梯救援识别码|救援码|应急救援识别码"},
    elevator_field{"registration_code", &e::registration_code, code, 20, "注册代码",
                   "设备注册代码|电梯注册代码|设备代码"},
    elevator_field{"certificate", &e::certificate, code, 40, "使用登记证编号", "使用登记证|登记证编号|使用证编号"},
    elevator_field{"device_id", &e::device_id, code, 8, "电梯电话编号", "报警装置编号|终端编号"},
    elevator_field{"name", &e::name, text, 100, "设备名称", "电梯名称|名称"},
    elevator_field{"kind", &e::kind, code, 4, "设备类别", "设备品种|电梯类型|设备类型|电梯品种"},
    elevator_field{"next_inspection", &e::next_inspection, date, 10, "下次检验日期", "检验有效期|下次检验时间"},
    elevator_field{"brand", &e::brand, text, 100, "品牌", "电梯品牌"},
    elevator_field{"model", &e::model, text, 100, "型号", "设备型号|规格型号"},
    elevator_field{"manufacturer", &e::manufacturer, text, 100, "制造单位", "制造单位名称|生产厂家"},
    elevator_field{"factory_number", &e::factory_number, code, 40, "出厂编号", "产品编号"},
    elevator_field{"start_date", &e::start_date, date, 10, "投用日期", "投入使用日期|启用日期"},
    elevator_field{"drive", &e::drive, text, 100, "驱动方式", "拖动方式"},
    elevator_field{"floors", &e::floors, text, 100, "层站", "层站数|层数|层站门"},
    elevator_field{"owner", &e::owner, text, 100, "产权单位", "产权单位名称"},
    elevator_field{"installer", &e::installer, text, 100, "安装单位", "安装单位名称"},
    elevator_field{"inspector", &e::inspector, text, 100, "检验单位", "检验机构|检验机构名称"},
    elevator_field{"registrar", &e::registrar, text, 100, "登记机关", "登记机构|使用登记机关"},
    elevator_field{"province", &e::province, text, 40, "省", "省份|所在省"},
    elevator_field{"city", &e::city, text, 40, "市", "城市|所在市"},
    elevator_field{"district", &e::district, code, 6, "区县代码", "行政区划代码|区县|行政区域|所在区县"},
    elevator_field{"address", &e::address, text, 200, "使用地点", "地址|详细地址|设备使用地点|设备地址"},
    elevator_field{"project_name", &e::project_name, text, 100, "项目名称", "小区名称|楼盘名称"},
    elevator_field{"project_type", &e::project_type, text, 40, "项目类型", "场所类型|使用场所"},
    elevator_field{"using_unit", &e::using_unit, text, 100, "使用单位", "使用单位名称"},
    elevator_field{"using_unit_phone", &e::using_unit_phone, phone, 32, "使用单位电话", "使用单位联系电话"},
    elevator_field{"safety_officer", &e::safety_officer, text, 40, "安全管理员", "安全管理人员|安全员"},
    elevator_field{"safety_officer_phone", &e::safety_officer_phone, phone, 32, "安全管理员电话",
                   "安全管理人员电话|安全员电话|安全管理员联系电话"},
    elevator_field{"maintenance_firm", &e::maintenance_firm, text, 100, "维保单位", "维保单位名称|维护保养单位"},
    elevator_field{"maintenance_manager", &e::maintenance_manager, text, 40, "维保负责人", "维保单位负责人"},
    elevator_field{"maintenance_manager_phone", &e::maintenance_manager_phone, phone, 32, "维保负责人电话",
                   "维保单位负责人电话"},
    elevator_field{"maintenance_team", &e::maintenance_team, text, 40, "维保班组", "班组"},
    elevator_field{"maintenance_worker", &e::maintenance_worker, text, 40, "维保人员", "维保工"},
    elevator_field{"maintenance_worker_phone", &e::maintenance_worker_phone, phone, 32, "维保人员电话", "维保工电话"},
    elevator_field{"duty_phone", &e::duty_phone, phone, 32, "24小时值班电话", "值班电话|应急值班电话|维保单位值班电话"},
};

} // namespace

std::span<const elevator_field> elevator_fields() { return fields; }

} // namespace lifeline::domain

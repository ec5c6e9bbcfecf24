"""Finding the right article: other people's words for every article, and words that fit none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from core.taxonomy import load_taxonomy
from knowledge_base.article import ArticleStatus, Audience
from knowledge_base.article_files import load_articles
from knowledge_base.asked import AskedUnreadable, learn_asked, load_asked
from knowledge_base.search import ArticleIndex
from knowledge_base.terms import Wording, load_synonyms

TAXONOMY = load_taxonomy()
TODAY = date(2026, 11, 22)
ARTICLES = load_articles()

QUESTIONS = {
    "assistance.charity_goods.get": "棉被薄得很 冻醒好几回 有没有多的给一床 | 端午节隔壁领了油和米 我家没人通知",
    "assistance.destitute_support.apply": "我叔一辈子没结婚 七十六了 煮饭都煮不了 国家管不管 | 供养的老人能自己选住哪里吗",
    "assistance.dibao.apply": "老婆透析我打零工 每个月不够用 想申请个低保 | 申请吃低保找谁 要交哪些资料",
    "assistance.dibao.checkup": "社区通知明天来家里核实收入 我该准备点什么 | 女儿上个月开始上班 我还领着低保 是不是得讲一声",
    "assistance.dibao.marginal": "家里人均收入刚刚超标准 算不算边缘户 | 不符合低保 但是孩子透析花掉大半 有别的认定吗",
    "assistance.dibao.objection": "名单上有个人开奥迪 凭什么吃低保 你们来查查 | 我要对低保公示的那家提异议",
    "assistance.dibao.single_person": "姐姐智力二级 我们有工资养不起她 可以只给她申请吗 | 癌症晚期本人没收入 儿女条件还行 能不能单独算一户吃低保",
    "assistance.dibao.stopped": "吃了五年的低保 这个月说不给就不给了 | 年审没通过低保被取消 还能重新申请吗",
    "assistance.education_relief.apply": "孙女考起了大学 一年学费八千 拿不出来 | 家里困难 高中能减免学杂费吗",
    "assistance.homeless_help.shelter": "天桥下面有个人盖着纸板睡 冻得发抖 | 我是来打工的 钱和证件全掉了 想回老家",
    "assistance.medical_relief.apply": "化疗一次一万多 报完自己还要出六千 有没有救助 | 家里不是低保 治白血病借了二十万 能申请医疗方面的救助不",
    "assistance.medical_relief.one_stop": "老母亲是低保 出院结账一分没少 救助那块漏算了 | 我爸是特困供养的 医院非要先缴押金才收",
    "assistance.temporary_relief.disaster": "昨晚线路起火 家里全烧没了 一家四口没处去 | 下大雨水漫到床上 今晚不晓得睡哪",
    "assistance.temporary_relief.expense": "透析加学费一年要十来万 工资跟不上 想申请支出型的那种救助 | 家里开销突然翻番 攒的都用完了 有一次性补助吗",
    "assistance.temporary_relief.urgent": "男人突然脑溢血 积蓄花光 这个月的米钱都没有 | 出了车祸断了收入 街道能给点临时救助吗",
    "child_women.child_hardship.guardian": "弟弟弟媳车祸都没了 侄女该由谁来当监护人 | 外公外婆和爷爷奶奶争着养孩子 监护权归哪边",
    "child_women.child_hardship.support": "弟弟坐牢弟媳改嫁 侄子跟着我 有没有生活费 | 外婆一个人带三个没爹没妈的孩子",
    "child_women.child_protection.report": "楼下那家半夜总听见小孩惨叫 | 我伢身上有青印子 说是同学打的",
    "child_women.child_protection.venues": "我家初二的伢天天泡在黑网吧 老板也不查身份证 | 便利店把香烟卖给穿校服的学生 找谁举报",
    "child_women.childcare.find": "双职工 宝宝十四个月 想找地方白天托管 | 寒假小学生没人管 社区办不办班",
    "child_women.domestic_violence.help": "他又动手了 我躲在卫生间 | 爸爸喝醉就打妈妈 劝不住",
    "child_women.domestic_violence.protection_order": "怎样向法院要一张不许他靠近我的令 | 人身安全保护令几天能批",
    "child_women.domestic_violence.witness": "楼下那家又砸东西又哭 女的求饶 我当邻居的能做什么 | 表妹被丈夫打得眼睛都肿了 她不肯报警 我们亲戚怎么办",
    "child_women.women_rights.help": "生完孩子回去上班 职位没了 说岗位撤销 | 领导老是摸我手 还发暧昧信息",
    "child_women.women_rights.maternity_leave": "刚生完双胞胎 公司只准我休三个月 合规定吗 | 喂奶期间主管排我大夜班 可以拒绝不",
    "convenience.certificate.ask": "保险公司叫社区盖个章 证明我们是夫妻 | 出国要无犯罪记录 你们能出吗",
    "convenience.certificate.death": "外婆今早在屋里没了 接下来怎么弄 要谁来看 | 父亲去世 派出所注销户籍要什么单子",
    "convenience.home_service.find": "热水器不打火 谁能来修 | 想请个住家阿姨带老人 有推荐吗",
    "convenience.id_documents.guide": "领结婚证周末办不办 | 房产证丢了去哪补",
    "convenience.id_documents.id_card": "我身份证丢了 补一张要多久 | 奶奶瘫在床上 身份证过期了 能上门照相换新的吗",
    "convenience.id_documents.newborn": "宝宝满月了 落户口去哪 带哪几样 | 我和男友没领证 娃儿能报户口不",
    "convenience.id_documents.residence_permit": "刚来武汉半年 居住证在哪办 带什么 | 暂住的证到期了 要重新签注吗",
    "convenience.office_info.where": "你们礼拜天有人值班吗 | 我住翠柳街 该找哪个居委会",
    "culture_education.activity_class.join": "想学二胡 社区有没有老师教 | 能借个教室给我们跳广场舞的排节目吗",
    "culture_education.school_conduct.report": "班主任在外面办补习班 逼着我们去 | 食堂的肉有馊味 孩子回来就吐了",
    "culture_education.school_enrollment.ask": "我们租在长宁路 小孩明年上一年级 划到哪个学校 | 从老家转到这边读三年级 怎么弄",
    "culture_education.school_enrollment.migrant": "我们河南的 在武汉打工三年 女儿明年读小学 需要准备哪些证 | 户口不在本市的孩子念初中 收不收择校费",
    "culture_education.school_enrollment.special": "孤独症的儿子六岁半 片区小学推说没老师带 | 我家丫头聋 想读聋校 从哪报起",
    "disability.assistive_access.apply": "想给截肢的爸爸申请一副假肢 | 坐轮椅进不了单元门 能不能修个斜坡",
    "disability.certificate.apply": "我妈耳朵完全听不见 想评个残 | 残疾证快过期了 上哪换新的",
    "disability.rehab_care.apply": "小孩脑瘫 做康复一个月四千 国家有补没 | 智障的弟弟想去那种白天有人带的工坊",
    "disability.two_subsidies.care": "爸爸肢体一级 要人二十四小时看 护理费怎么申请 | 重残的护理补贴这季度没打",
    "disability.two_subsidies.living": "低保户加残疾 每月生活补贴是多少 | 我有残疾证家里困难 能领什么钱",
    "disability.two_subsidies.online": "人在深圳打工 老家的残疾补贴能就近递材料吗 | 想在支付宝给盲人妈妈申请残疾人的钱 怎么点",
    "elder_care.age_allowance.after_death": "外公腊月走的 高龄的钱还在往卡里打 怎么处理 | 老人去世了要到哪去停高龄津贴",
    "elder_care.age_allowance.check": "居委会说要给我奶奶拍照核对才接着发高龄的钱 是真的吗 | 外公八十五 高龄津贴是不是年年都要认一次",
    "elder_care.age_allowance.claim": "爷爷下个月满八十 那个长寿钱在哪登记 | 九十五岁的高龄津贴是每月多少",
    "elder_care.age_allowance.stopped": "奶奶的高龄津贴断了两个季度 要补给我们吧 | 卡换了 高龄补贴收不到了",
    "elder_care.companion_help.phone_lessons": "我爸不会用智能手机 社区能派人教教吗 | 想学着在手机上挂号 眼睛花学得慢",
    "elder_care.companion_help.request": "后天要去协和做检查 一个人跑不动 能派个志愿者不 | 奶奶头发长了出不了门 谁能来剪",
    "elder_care.companion_help.trust": "刚有个自称义工的敲门要进来打扫 我该信吗 | 陪我去医院的志愿者 临走要了我五十块",
    "elder_care.home_adaptation.apply": "浴室滑 想给爷爷加两根抓杆 有政府补的吗 | 老房子蹲厕太难受 可以改坐的吗 申请改造",
    "elder_care.home_care.apply": "我爸瘫了 想找专业的人上门擦身翻身 | 家里设床位 护士定期来的那种怎么报",
    "elder_care.long_term_care.status": "别的城市有长护险 武汉参加了没 | 护理保险能报销请护工的钱吗",
    "elder_care.meal.canteen": "附近有没有给老年人吃饭的食堂 几块钱一份 | 幸福食堂菜太咸 油也大",
    "elder_care.meal.delivery": "我妈八十三了一个人住，想有人送饭 | 爷爷摔了腿躺着 中午没人烧饭 可以送到屋里来吗 | 我媽行動不便，能不能送餐上門",
    "elder_care.nursing_home.choose": "想给失智的母亲找家能收的养老院 | 白天把老头放日托 晚上接回 哪里有",
    "elder_care.nursing_home.complaint": "养老院里护工掐我奶奶 手臂都紫了 | 退住了 养老院押金拖着不给",
    "elder_care.senior_card.apply": "刚满六十五 免费坐车那个卡怎么弄 | 我是湖南户口住女儿家 能办老年优待证吗",
    "elder_care.senior_card.lost": "老年卡不见了 重新办一张要什么 | 乘车卡一刷就报错 说要年检",
    "elder_care.senior_card.rides": "敬老卡还剩多少次 在哪看 | 我六十七 坐地铁刷老年卡是免费还是半价",
    "elder_care.service_subsidy.assessment": "想给卧床的爹做个失能等级评定 怎么约 | 评估员说我奶奶只是轻度 能再评一次吗",
    "elder_care.service_subsidy.voucher": "听说重度失能的老人每月有八百抵扣券 | 养老消费券在手机上领 可我爸评了中度还没看到",
    "elder_care.visit_care.request": "我人在广州 老娘一个人在家 想请社区常去瞧瞧 | 对门独居的太婆好像好久没下楼 麻烦有空去关心下",
    "employment.flexible_subsidy.apply": "我是灵活就业 社保全自己掏 国家返多少 | 去年申请的社保补贴 三个月了还没进卡",
    "employment.hardship_support.apply": "下岗多年又有病 想申请公益岗 | 怎么算就业困难人员 女的四十六可以吗",
    "employment.job_seeking.find": "退伍回来想找个保安的活 | 宝妈 想找个上午的兼职",
    "employment.labor_dispute.leave": "在超市做了六年收银 老板说没有年休假这回事 | 带薪假没休完就走人了 能折成钱不",
    "employment.labor_dispute.rights": "试用期三个月了不给签合同 社保也没有 | 公司要我自己写辞职信 不给补偿",
    "employment.skill_training.apply": "想学做西点 有免费的班没有 | 考下来叉车证 政府补多少 怎么领",
    "employment.startup.guarantee": "开奶茶店想贷款 找不到担保的人怎么办 | 创业担保贷款审核没过 说配偶有其他借款",
    "employment.startup.loan": "我想开个水果店 差十万块 能贷点政府贴息的吗 | 应届生创业有没有资金扶持",
    "employment.unemployment.benefit": "厂子关门了 我交了七年失业险 可以领多少个月 | 合同到期公司不续 失业金上哪申请",
    "employment.unemployment.not_eligible": "社保才缴了半年公司就倒了 失业金够不上 有补助金吗 | 我主动离职的 现在没收入 还有什么可以申请",
    "employment.unemployment.stopped": "领了两个月失业金 第三个月就没有了 | 失业金审核通过了 一直没打到卡",
    "employment.wage_arrears.claim": "跟着老乡装修 三万块工钱要不回来 | 餐馆老板卷款跑了 我们八个人的薪水咋办",
    "employment.wage_arrears.evidence": "只有几条微信语音 没合同 告得赢吗 讨工资 | 欠薪快一年半了 还能申请仲裁不",
    "employment.work_injury.recognition": "送货路上被撞骨折 老板说不算工伤 | 在车间手指切断了 认定工伤要走哪些步骤",
    "employment.work_injury.uninsured": "老板没交工伤险 我断了两根肋骨 他只肯出一半药费 | 鉴定是九级 公司说没钱赔 能让社保先垫付吗",
    "environment.fumes_odor.report": "楼下新开的烤鱼店 烟直往我家灌 | 炸臭豆腐的味道天天熏 窗户不敢打开",
    "environment.garbage.bulky": "家里换了新床 旧的那张往哪拖 | 敲下来的瓷砖水泥几大袋 物业不让放楼下 该运到哪",
    "environment.garbage.report": "单元门口堆了一个礼拜的装修渣子 | 公共厕所粪便都漫出来了",
    "environment.greening_pests.report": "梧桐树叶把我家阳台挡死了 求修剪 | 厨房成群的蟑螂 整栋都有",
    "environment.illegal_building.report": "隔壁在天台又加了一层玻璃房 | 卖菜的车把人行道全占了",
    "environment.noise.renovation": "楼下搞装修 早上六点半就打冲击钻 | 规定哪几个钟点不许装修 邻居午休时间还敲",
    "environment.noise.report": "对面KTV凌晨两点还在嗨 | 早上六点就有人放音响跳操",
    "environment.noise.site": "对面楼盘凌晨一点还在吊钢筋 睡不成 | 工地贴了张纸说允许通宵 我们居民能查吗",
    "environment.pollution.report": "厂子烟囱一股塑料味 晚上最重 | 湖里漂死鱼 像是有人排废水",
    "governance.business_license.open": "想摆个固定摊位卖包子 证照怎么跑 | 个体户不干了 营业执照如何注销",
    "governance.other.ask": "这件事不知道归谁 你们先听我说 | 问了三个单位都说不是他们的事",
    "governance.other.petition": "我给区里写过信访件 一个多月没回音 正常吗 | 上访材料该递到哪里 能在网上递不",
    "governance.other.reconsideration": "城管开的罚单我觉得冤 上哪提出异议 | 人社局不给认定 想走行政复议 期限是多久",
    "governance.participation.suggest": "提个建议 空地能不能做个小花园 | 想看看我们社区今年钱怎么花的",
    "governance.resident_info.correct": "你们登记我家五口人 其实四口 | 有人敲门要抄身份证 说是网格员 真的假的",
    "governance.resident_info.leak": "投诉完邻居第二天他就知道是我 你们怎么保密的 | 请把我的手机号和住址从你们电脑上抹掉",
    "governance.staff_conduct.report": "办事大厅那个女的凶得很 玩手机不理人 | 想表扬一下帮我妈背上楼的小伙子",
    "health_birth.birth_benefits.childcare_money": "宝宝去年三月生 能领育儿的钱吗 怎么申请 | 幼儿补贴每年发多少 上哪填表",
    "health_birth.birth_benefits.registration": "刚查出怀孕 要去社区登记什么吗 | 生育津贴公司说还没批下来",
    "health_birth.community_health.ask": "带老娘去做免费体检 要不要空腹 | 想签个家庭医生 开降压药方便些",
    "health_birth.community_health.vaccine": "娃该打百白破了 去哪打 | 想给七十岁的爸爸约个肺炎针 要不要自己掏钱",
    "health_birth.family_planning_support.ask": "就一个姑娘 退休了独生子女奖励怎么没有 | 光荣证弄丢 可以补不",
    "health_birth.hospital_complaint.records": "想把住院的全套病历拿出来 医院一直推 | 孩子治坏了 跟医院谈不拢 有地方免费调解吗",
    "health_birth.hospital_complaint.report": "拔牙拔错了 诊所不承认 | 住院清单里多了好几项没做过的检查",
    "health_birth.mental_support.help": "整夜整夜睡不着 心跳得厉害 | 失恋了天天哭 想找人聊聊",
    "health_birth.mental_support.severe": "我弟弟有躁狂 最近又不吃药了 | 楼下那个精神病人半夜拿棍子敲门 他家里人拦不住",
    "housing.dangerous_house.report": "天花板水泥块掉下来 差点砸到人 | 装修的把承重的墙打了个洞",
    "housing.developer_dispute.report": "房子说好前年交 到现在还是毛坯没封顶 | 小区入住三年 开发商大证没办",
    "housing.expropriation.ask": "听说棉纺宿舍要征收 有准信吗 | 签了协议半年 补偿款一分没见",
    "housing.public_rental.apply": "刚参加工作 租不起房 能申公租房吗 | 我排号公租房两年了 轮到第几",
    "housing.public_rental.exit": "公租房合同下半年满 我还想住 手续怎么办 | 同一层有人把保障房转手出租 举报给谁",
    "housing.purchase_fund.ask": "想提公积金还房贷 | 研究生来武汉买房有多少补贴",
    "housing.purchase_fund.employer": "在厂里五年 一分公积金都没给我交 能补不 | 单位公积金少缴了 去哪投诉",
    "housing.renovation.ask": "我们钢花宿舍什么时候轮到旧改 | 小区改造把路刨了 什么时候填平",
    "housing.renovation.lift": "六楼要装电梯 一楼死活不签字 | 老楼加个电梯 费用各家怎么摊",
    "property_repair.elevator.report": "3栋电梯又停了 我爸坐轮椅出不去 | 电梯突然下坠两层才停 太吓人",
    "property_repair.leak_pipe.report": "卫生间顶上一直滴水 楼上不开门 | 一楼地漏往外冒脏水",
    "property_repair.parking.report": "有车横在单元口 救护车都进不来 | 想在自己车位装个充电的桩子 物业不让",
    "property_repair.property_service.complain": "物业费年年涨 垃圾没人收 绿化枯死 | 保安天天睡觉 楼里进了生人都不问",
    "property_repair.property_service.fees": "物业贴单子催缴 说不交就停门禁卡 | 物业费突然每平米加五毛 谁同意的",
    "property_repair.property_service.owners_committee": "业委会任期满了赖着不选 | 大家想换掉物业 组个业委会",
    "property_repair.property_service.repair_fund": "楼顶大修想动用维修基金 手续怎么走 | 外墙要掉 能紧急用房屋维修资金吗",
    "property_repair.property_service.shared_income": "小区划的停车位一年收几十万 账目我们业主能看吗 | 物业出租公共用房赚的钱 该分给大家不",
    "property_repair.public_facility.barrier_free": "人行道的盲道停满共享单车 我眼睛不好 绊了一跤 | 我们单元门槛三级台阶 推轮椅的妈妈出不来 能修个缓坡吗",
    "property_repair.public_facility.report": "单元里的声控灯全灭了 老人摸黑爬楼 | 路中间一个窨井盖松了 骑车颠一下",
    "property_repair.utility_billing.ask": "两个人住 水费这次一百八 不对劲 | 买的二手房 电表还是前房主名字",
    "property_repair.utility_outage.gas_safety": "灶上那根软管都发硬了 该找谁换 | 有人穿工作服来查煤气 要不要让他进门",
    "property_repair.utility_outage.planned": "楼下贴的停电告示看不清 到底停到下午几点 | 供水检修没打招呼 一桶水都没存",
    "property_repair.utility_outage.report": "一整片都黑了 什么时候来电 | 水龙头出来黄汤 没法煮饭",
    "safety_law.fire_hazard.report": "有人从六楼吊根线下来给电瓶车充电 | 楼梯间被杂物堵死 万一失火跑不出去",
    "safety_law.fraud_consumer.food": "超市买的牛奶早过了保质期 店长说只退五块 | 饭店的汤里捞出钢丝球 可以要求赔偿吗",
    "safety_law.fraud_consumer.game_topup": "九岁的儿子偷偷在手游里花了六千多 平台给不给退 | 女儿给直播间的人刷礼物 三千块要得回来吗",
    "safety_law.fraud_consumer.help": "自称社保局的让我转账验证 是不是骗局 | 刚才被骗走两万 现在该怎么办",
    "safety_law.fraud_consumer.prepaid": "美容店老板跑了 卡里还有五千 | 游泳馆说停业装修 半年没开 年卡的钱要得回不",
    "safety_law.fraud_consumer.refund": "奶奶花八千买的磁疗床 想退 | 网上买的皮鞋开胶 商家不给退",
    "safety_law.legal_aid.apply": "没钱打官司 可以派个律师吗 | 想咨询下法律 哪里有免费的律师",
    "safety_law.legal_aid.refused": "司法所说我收入超了不给法律援助 我不服 | 援助中心指派的律师三个月没见过面 想换",
    "safety_law.legal_aid.will": "想给三个子女分遗产 遗嘱要怎么立 | 我爸名下的房子想转给我 去哪里过户",
    "safety_law.neighbor_dispute.confirm": "上个月在居委会签了和解 邻居现在赖账不赔 | 人民调解的协议书怎么让它像判决一样管用",
    "safety_law.neighbor_dispute.mediate": "楼上小孩天天蹦 说了几次还吵起来 | 堂兄借我三万不认账 想找人说和",
    "safety_law.neighbor_dispute.support_parents": "三兄妹为老人赡养费扯皮 想请人评个理 | 大儿子把我赶出来住车库 我该找谁",
    "safety_law.neighbor_dispute.tenancy": "合同到期搬走了 房主扣着两千押金不还 | 租的屋子马桶堵了 到底该谁出修的钱",
    "safety_law.pets.bitten": "被楼下的哈士奇咬出血了 要几个钟头内打疫苗 | 老人遛弯让狗咬伤 主人跑了 治疗的钱谁负责",
    "safety_law.pets.license": "刚抱回一只小土狗 要去哪登记 带什么 | 我们这片小区能不能养大狗",
    "safety_law.pets.report": "隔壁泰迪从早叫到晚 | 孩子被没拴绳的金毛扑倒",
    "safety_law.public_security.falling_objects": "十几楼有人把装满水的袋子扔下来 吓死 | 停在楼下的车顶被不知哪家的砖头砸凹 怎么索赔",
    "safety_law.public_security.report": "我家门锁有被人动过的痕迹 | 停在楼下的电瓶车昨晚被人偷走了",
    "social_insurance.medical_enrolment.gap": "居民医保停了好几年 现在重新买 马上住院管不管用 | 错过了交医保的截止日 还补得上不",
    "social_insurance.medical_enrolment.pay": "明年的居民医保几号截止 一个人交多少 | 刚生的宝宝怎么上医保",
    "social_insurance.medical_reimburse.chronic": "老娘常年吃降压药 听说办个慢病能多报点 | 肾透析每星期三次 门诊特殊病去哪里认定 | 糖尿病想办门诊慢病",
    "social_insurance.medical_reimburse.elsewhere": "在深圳住的院 回来怎么报 | 要去上海开刀 先办啥手续医保才认",
    "social_insurance.medical_reimburse.how": "住院发票交上去一个月了钱没下来 | 门诊拍片子花了四百 医保给报吗",
    "social_insurance.pension_benefits.after_death": "老父亲过世了 社保这边能领多少丧葬费 | 我公公走了 养老金账户余额子女能取吗",
    "social_insurance.pension_benefits.money": "这个月退休金比上月少两百 | 今年养老金调整 我涨了多少在哪看",
    "social_insurance.pension_benefits.retire": "下半年到龄 退休手续提前多久办 | 我六六年的男的 按新规定哪个月能退休",
    "social_insurance.pension_certification.how": "我奶奶人脸怎么都扫不过去 怕停养老金 | 领退休金的每年要认证一回 到哪认",
    "social_insurance.pension_certification.stopped": "忘记年度认证 养老金断发了 怎么恢复 | 退休金停发 社保说我没认证",
    "social_insurance.pension_enrolment.pay": "离退休还缺四年养老保险 可以一次交清吗 | 自己做小生意 养老这一块怎么缴",
    "social_insurance.pension_enrolment.transfer": "在东莞交过六年社保 想转回来接着交 | 老家的居民养老要不要和这边职工的并成一个",
    "transport.public_transport.report": "713路等了四十分钟不来 | 我刷敬老卡公交司机叫我别上",
    "transport.taxi_road.report": "出租车司机绕了大半个城 多收三十 | 幸福里门口没有斑马线 过马路太险",
    "veterans.benefit_support.ask": "我是参加过边境作战的 每月补助多少 | 伤残军人的抚恤几号发",
    "veterans.benefit_support.care_home": "隔壁老兵无儿无女 瘫在床上 部队或国家有养老的地方收吗 | 想送参战的爷爷去光荣院 找谁",
    "veterans.card_record.apply": "退伍二十年 想办那个优待证 带啥 | 门上的光荣之家牌子锈了 换一块",
    "veterans.card_record.use": "我是七级残疾军人 买高铁票能便宜多少 | 退役军人那张优待卡刷地铁行不行",
    "volunteer.activity_donation.organise": "我们银行支部想来社区搞次服务 | 家里一堆没穿过的衣裳 捐到哪好",
    "volunteer.hours_certificate.ask": "上星期的清扫活动 系统里没给我加时长 | 入党要交志愿服务证明 找谁开",
    "volunteer.hours_certificate.star": "服务了六百来个钟头 该评三星了吧 | 志愿积分在哪兑 能不能换洗衣液",
    "volunteer.join.insurance": "参加社区清扫滑倒骨折 治疗费志愿服务队管吗 | 明天去江边巡护 上保险了没 出事谁负责",
    "volunteer.join.register": "我退休前是电工 想义务帮大家修修 | 大学生暑假想来当志愿者",
}

UNRELATED = (
    "今天武汉下不下雨 | 帮我写一首关于春天的诗 | 给我讲个笑话吧 | 美国总统是谁 | 一加一等于几 | "
    "推荐几部好看的电视剧 | 股票明天涨还是跌 | 比特币现在什么价 | 怎么用 Excel 做透视表 | "
    "红烧肉怎么做才好吃 | 世界杯冠军是哪支球队 | 你会下象棋吗 | 周杰伦最新的歌叫什么 | "
    "火星上有没有水 | 给我的猫起个名字 | 数学作业第三题怎么解 | 写一份年终总结 | "
    "Java 和 Python 哪个好学 | 怎么追女孩子 | 昨晚球赛几比几 | 光速是多少 | "
    "把这张图片变成动漫风格 | 历史上李白活了多少岁 | 键盘上的回车键失灵了怎么修"
)


def asked() -> Iterator[tuple[str, str]]:
    """Every question with the id of the article that should answer it."""
    for article_id, questions in QUESTIONS.items():
        for question in questions.split(" | "):
            yield article_id, question


@pytest.fixture(scope="module")
def index() -> ArticleIndex:
    return ArticleIndex(ARTICLES, TAXONOMY)


def share_found(index: ArticleIndex, *, within: int, matter_known: bool) -> float:
    cases = list(asked())
    found = 0
    for article_id, question in cases:
        matter = "/".join(article_id.split(".")[:2]) if matter_known else None
        hits = index.search(question, matter=matter, today=TODAY, limit=within)
        found += article_id in [hit.article.id for hit in hits]
    return found / len(cases)


def test_every_article_has_questions_in_other_peoples_words():
    assert set(QUESTIONS) == {article.id for article in ARTICLES}
    own = {question for article in ARTICLES for question in article.questions}
    assert not own & {question for _, question in asked()}


@pytest.mark.evaluation
def test_the_right_article_is_found_by_its_words_alone(index):
    assert share_found(index, within=1, matter_known=False) >= 0.72
    assert share_found(index, within=5, matter_known=False) >= 0.90


@pytest.mark.evaluation
def test_the_right_article_is_found_when_the_matter_is_known(index):
    assert share_found(index, within=1, matter_known=True) >= 0.93
    assert share_found(index, within=3, matter_known=True) >= 0.98


@pytest.mark.evaluation
def test_words_that_fit_no_article_seldom_look_like_a_fit(index):
    unrelated = UNRELATED.split(" | ")
    taken = [text for text in unrelated if any(hit.fits for hit in index.search(text, today=TODAY))]
    assert len(taken) <= len(unrelated) * 0.2, taken


@pytest.mark.evaluation
def test_a_right_first_hit_is_seldom_called_unfit(index):
    firsts = [(wanted, index.search(text, today=TODAY, limit=1)) for wanted, text in asked()]
    right = [hits[0] for wanted, hits in firsts if hits and hits[0].article.id == wanted]
    assert sum(hit.fits for hit in right) >= 0.9 * len(right)


def test_somebody_who_wants_meals_for_her_mother_is_shown_the_meals(index):
    first, *others = index.search("我妈八十三了一个人住，想有人送饭", today=TODAY)
    assert first.article.id == "elder_care.meal.delivery"
    assert first.fits
    assert not first.expired
    assert first.score > 1.5 * max(other.score for other in others)


def test_traditional_characters_and_dialect_find_the_same_article(index):
    for text in ("失業金怎麼領", "失业金么样领", "下崗補貼到哪裡拿"):
        assert index.search(text, today=TODAY)[0].article.matter == "employment/unemployment"


def test_nothing_is_found_where_no_word_is_shared(index):
    assert index.search("ﾟヽ★ xyzzy", today=TODAY) == []
    assert index.search("", today=TODAY, matter=None) == []


def test_an_index_of_no_articles_finds_nothing():
    assert ArticleIndex([], TAXONOMY).search("失业金", today=TODAY) == []


def test_a_known_matter_pushes_its_articles_up_but_hides_no_other(index):
    text = "怎么申请"
    pushed = index.search(text, matter="elder_care/home_adaptation", today=TODAY)
    assert pushed[0].article.matter == "elder_care/home_adaptation"
    assert {hit.article.matter for hit in pushed} != {"elder_care/home_adaptation"}


def test_an_unknown_matter_changes_nothing(index):
    plain = index.search("公租房怎么排队", today=TODAY)
    assert index.search("公租房怎么排队", matter="no/such", today=TODAY) == plain


def test_no_more_hits_are_given_than_asked_for(index):
    assert len(index.search("老人怎么申请补贴", today=TODAY, limit=2)) == 2


def test_an_expired_article_is_found_and_flagged():
    old = [replace(row, valid_until=date(2026, 1, 31)) for row in ARTICLES]
    assert ArticleIndex(old, TAXONOMY).search("失业金怎么领", today=TODAY)[0].expired


@pytest.mark.parametrize(
    "changes",
    [
        {"status": ArticleStatus.DRAFT},
        {"status": ArticleStatus.WITHDRAWN},
        {"status": ArticleStatus.IN_REVIEW},
        {"valid_from": date(2026, 12, 1)},
    ],
)
def test_what_is_not_published_yet_or_any_more_is_not_found(changes):
    hidden = [replace(row, **changes) for row in ARTICLES]
    assert ArticleIndex(hidden, TAXONOMY).search("失业金怎么领", today=TODAY) == []


def test_articles_for_staff_are_shown_to_staff_only():
    inner = ArticleIndex([replace(row, audience=Audience.STAFF) for row in ARTICLES], TAXONOMY)
    assert inner.search("失业金怎么领", today=TODAY) == []
    assert inner.search("失业金怎么领", today=TODAY, audience=Audience.STAFF)


def test_what_residents_asked_before_helps_to_find_the_article(index):
    text = "金毛扑人没人拴"
    asked_before = {"safety_law/pets": ["那只金毛又扑人", "金毛没拴好扑了我妈", "大金毛见人就扑"]}
    taught = ArticleIndex(ARTICLES, TAXONOMY, asked=learn_asked(asked_before, TAXONOMY))
    assert taught.search(text, today=TODAY)[0].article.matter == "safety_law/pets"
    assert index.search(text, today=TODAY)[0].article.matter != "safety_law/pets"


def test_what_residents_asked_is_read_from_its_file_as_it_was_learned(tmp_path):
    asked_before = {"safety_law/pets": ["金毛扑人"], "assistance/dibao": ["低保怎么办", "办低保"]}
    learned = learn_asked(asked_before, TAXONOMY)
    learned.save(tmp_path / "some.asked")
    loaded = load_asked(tmp_path / "some.asked")
    for terms in (["低保", "怎"], ["扑人"], ["没有"]):
        assert loaded.coverage(terms).tolist() == learned.coverage(terms).tolist()
    places = loaded.places(["safety_law/pets", "assistance/dibao", "no/such"])
    assert loaded.coverage(["扑人"])[places].tolist()[1:] == [0, 0]
    assert loaded.coverage(["扑人"])[places][0] > 0


def test_a_broken_file_of_what_residents_asked_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "some.asked"
    with pytest.raises(AskedUnreadable, match="Train again"):
        load_asked(path)
    learn_asked({"safety_law/pets": ["金毛扑人"]}, TAXONOMY).save(path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(AskedUnreadable, match="Train again"):
        load_asked(path)


def test_an_article_is_found_by_its_id(index):
    found = index.find_article("assistance.dibao.apply")
    assert found is not None
    assert found.title == "低保怎么申请"
    assert index.find_article("no.such.article") is None


def test_a_withdrawn_article_is_not_found_by_its_id_either():
    withdrawn = replace(ARTICLES[0], status=ArticleStatus.WITHDRAWN)
    assert ArticleIndex([withdrawn], TAXONOMY).find_article(withdrawn.id) is None


def test_words_of_one_idea_share_a_term():
    wording = Wording({"么事": "什么"}, [["工资", "工钱"]])
    assert set(wording.terms("工钱")) & set(wording.terms("工资")) == {"#工资", "工"}
    assert wording.plain("搞么事，ＡＢＣ") == "搞什么,abc"


def test_no_word_stands_for_two_ideas():
    words = [word for row in load_synonyms() for word in row]
    assert sorted(words) == sorted(set(words))
